"""Stop new connections to a listening socket while workers accept those in its queue.

When a listener is closed, the kernel resets connections that it has accepted and no worker has yet:
under load a few clients lose a request at each stop. A classic BPF filter on the socket drops the
first packet of a handshake (SYN without ACK). The client repeats it a second later and is then
refused, because the listener is closed. Nothing was sent by that time, so a proxy uses the next
instance.
"""

import ctypes
import socket
import struct

_SO_ATTACH_FILTER = 26
_INSTRUCTION = struct.Struct("=HBBI")
# The filter sees a packet from its TCP header on; its fourteenth byte has the flags.
_FLAGS_AT = 13
_SYN, _ACK = 0x02, 0x10
_LOAD_BYTE, _AND, _JUMP_IF_EQUAL, _RETURN = 0x30, 0x54, 0x15, 0x06
_KEEP = 0xFFFF_FFFF
_PROGRAM = b"".join(
    _INSTRUCTION.pack(*instruction)
    for instruction in (
        (_LOAD_BYTE, 0, 0, _FLAGS_AT),
        (_AND, 0, 0, _SYN | _ACK),
        (_JUMP_IF_EQUAL, 0, 1, _SYN),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, _KEEP),
    )
)


def refuse_handshakes(listener: socket.socket) -> None:
    """Raises `OSError` where the kernel does not let us."""
    instructions = ctypes.create_string_buffer(_PROGRAM, len(_PROGRAM))
    count = len(_PROGRAM) // _INSTRUCTION.size
    program = struct.pack("HP", count, ctypes.addressof(instructions))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
