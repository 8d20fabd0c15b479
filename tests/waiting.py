"""What another process does becomes visible only a moment after its answer."""

import socket
import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool]) -> None:
    """Returns as soon as it holds. The test's own time-out is the limit."""
    while not holds():
        time.sleep(0.02)


def takes_connections(address: str) -> bool:
    """`address`: host and port."""
    host, _, port = address.rpartition(":")
    with socket.socket() as attempt:
        return attempt.connect_ex((host, int(port))) == 0
