"""Host names, looked up within the deadline of a call.

`getaddrinfo` takes no timeout: a silent name server holds its caller for as long as the system's
resolver allows, which is 10 s and more. So it has a thread of its own, and the caller gives up when
its time is over.
"""

import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from ipaddress import ip_address
from typing import Any

# Each is one of the few servers that the operator has configured.
_MOST_LOOKUPS = 16
_MOST_SECONDS = 10.0
Lookup = Callable[[str, int], list[Any]]


class Names:
    """One lookup of a name at a time, which all who need it wait for."""

    def __init__(self, lookup: Lookup, most: int = _MOST_LOOKUPS) -> None:
        self._lookup, self._most = lookup, most
        self._begin()
        # A forked process has none of the threads.
        os.register_at_fork(after_in_child=self._begin)

    def addresses(self, host: str, port: int, seconds: float | None) -> list[str]:
        """In the order in which they should be tried. Raises `socket.gaierror`, also where there is
        no answer within so many seconds (None: ten)."""
        if _is_address(host):
            return [host]
        found = self._look_up(host, port)
        if not wait([found], _MOST_SECONDS if seconds is None else seconds).done:
            raise _no_answer()
        return found.result()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], Future[list[str]]] = {}

    def _look_up(self, host: str, port: int) -> Future[list[str]]:
        with self._lock:
            running = self._running.get((host, port))
            if running is None:
                if len(self._running) >= self._most:
                    raise _no_answer()
                running = Future()
                arguments = (host, port, running)
                threading.Thread(target=self._run, args=arguments, name="name", daemon=True).start()
                self._running[host, port] = running
            return running

    def _run(self, host: str, port: int, found: Future[list[str]]) -> None:
        try:
            entries = self._lookup(host, port)
        except (OSError, UnicodeError):
            self._end(host, port)
            found.set_exception(socket.gaierror(socket.EAI_NONAME, "not found"))
        else:
            self._end(host, port)
            found.set_result(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))

    def _end(self, host: str, port: int) -> None:
        """Whoever comes now looks it up anew."""
        with self._lock:
            del self._running[host, port]


def _no_answer() -> socket.gaierror:
    return socket.gaierror(socket.EAI_AGAIN, "no answer")


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _system(host: str, port: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


names = Names(_system)
