"""Waiting for a silent Vault must not take a worker's threads: one of them waits, the others go on.

Silent is who lets callers wait and answers none of them. One that refuses connections or says that
it is sealed fails fast by itself, and is well again the moment that it is.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from app.adapters.breakers import tell_change
from app.errors import VaultUnavailable

_SLOW_SECONDS = 0.1
_PAUSE_SECONDS = 0.5
_PATIENCE_SECONDS = 0.05


class VaultBreaker:
    """After a call that waited in vain, one at a time finds out whether Vault is back, and the rest
    fail at once; after one of those, half a second passes first. A slow answer is no silence while
    others are answered, and one that got lost may be asked after at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silent = False
        self._heard_at = -inf
        self._again_at = -inf
        self._probing = threading.Lock()
        self._changing = threading.Lock()

    def heard(self) -> None:
        """Somebody answered, whatever it was."""
        self._heard_at = self._clock()
        if self._silent:
            self._change(silent=False)

    @contextmanager
    def around(self) -> Iterator[None]:
        """For one call; raises `VaultUnavailable` at once where it had better not be tried."""
        probes = self._silent and self._begin_probe()
        began = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            if self._heard_at < began and now - began > _SLOW_SECONDS:
                self._again_at = now + (_PAUSE_SECONDS if probes else 0)
                self._change(silent=True)
            if probes:
                self._probing.release()

    def _change(self, *, silent: bool) -> None:
        with self._changing:
            if self._silent is not silent:
                self._silent = silent
                tell_change("vault", is_open=silent)

    def _begin_probe(self) -> bool:
        if self._pausing() or not self._probing.acquire(timeout=_PATIENCE_SECONDS):
            raise VaultUnavailable
        if self._pausing():
            self._probing.release()
            raise VaultUnavailable
        return True

    def _pausing(self) -> bool:
        return self._silent and self._clock() < self._again_at
