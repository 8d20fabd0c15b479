"""`python -m tests.faults.silent_names RESOLV_CONF`: one call of each client that serves requests,
with a name server that never answers. It prints what became of each.

It runs in namespaces of its own (`ALONE`), so that it has port 53 and /etc/resolv.conf for itself.
The system's resolver is patient there: two and a half minutes for a name.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2

from app.adapters.blawby.wire import BlawbyWire, Call, Unsent
from app.adapters.deadline import within
from app.adapters.llm.transport import DeadlineTransport
from app.adapters.vault.addresses import VaultAddresses
from app.domain.secret import SecretString
from app.errors import VaultUnavailable

_AS_USER = () if os.getuid() == 0 else ("--user", "--map-root-user")
ALONE = ("unshare", *_AS_USER, "--mount", "--net", sys.executable, "-m", __name__)
_PATIENCE = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n"
_SECONDS = 0.5
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


def blawby() -> None:
    wire = BlawbyWire("https://blawby.test", _SECONDS)
    wire.exchange(SecretString("key"), Call("GET", "/"))


def vault() -> None:
    VaultAddresses(("https://vault.test:8200",), _SECONDS, None).send("GET", "/v1/x", None, {})


def model() -> None:
    with within(_SECONDS):
        request = httpx2.Request("POST", "https://model.test/v1/chat/completions")
        DeadlineTransport(1).handle_request(request)


CALLS: tuple[Callable[[], None], ...] = (blawby, vault, model)


def main(resolv_conf: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        fcntl.ioctl(server, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP) + bytes(22))
        server.bind(("127.0.0.1", 53))
        resolv_conf.write_text(_PATIENCE)
        subprocess.run(["mount", "--bind", resolv_conf, "/etc/resolv.conf"], check=True)
        for call in CALLS:
            try:
                call()
            except (Unsent, VaultUnavailable, httpx2.TransportError) as error:
                print(call.__name__, type(error).__name__, server.recv(512).find(b"test") > 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
