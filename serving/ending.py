"""How gunicorn's master ends: it drains first, so that no load balancer loses a request.

On TERM the instance reports that it is not ready (`draining`) and still serves for DRAIN_SECONDS;
every answer closes its connection meanwhile. Then new handshakes are dropped, workers accept what
the kernel has queued, and gunicorn stops. A second TERM ends the drain; INT and QUIT stop at once.
"""

import time
from contextlib import suppress
from socket import AF_UNIX
from typing import Any

from serving import draining
from serving.syn_filter import refuse_handshakes

# For handshakes that had begun: clients far away, and a processor that stands still. Less than the
# second after which a client repeats a dropped one.
_SECONDS_TO_ACCEPT = 0.5


class Ending:
    """`server` is gunicorn's arbiter, which ends its loop when a method raises `StopIteration`."""

    def __init__(self, server: Any, drain_seconds: float) -> None:
        self._server = server
        self._seconds = drain_seconds
        self._at: float | None = None

    def told(self) -> None:
        """TERM. Raises `StopIteration` when it is time to stop."""
        if self._at is not None or self._has_successor():
            self._stop()
        draining.begin()
        self._at = time.monotonic() + self._seconds
        self._server.log.info("draining", extra={"seconds": self._seconds})
        self.look()

    def patience(self, most: float) -> float:
        """How long the arbiter may wait until the next `look`."""
        if self._at is None:
            return most
        return min(most, max(0.0, self._at - time.monotonic()))

    def look(self) -> None:
        """Raises `StopIteration` when the time to drain is over."""
        if self._at is not None and time.monotonic() >= self._at:
            self._stop()

    def _has_successor(self) -> bool:
        """After USR2 another master has the same sockets: there is nothing to drain."""
        return bool(self._server.reexec_pid or self._server.master_pid)

    def _stop(self) -> None:
        if not self._has_successor() and not self._server.systemd:
            for listener in self._server.LISTENERS:
                if listener.FAMILY != AF_UNIX:
                    with suppress(OSError):
                        refuse_handshakes(listener)
            time.sleep(_SECONDS_TO_ACCEPT)
        raise StopIteration
