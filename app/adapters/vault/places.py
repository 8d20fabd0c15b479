"""A slow Vault must not take all of a worker's threads: others need them for what needs no Vault.

`breaker` is for a Vault that answers nobody. This is for one that answers late.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.errors import VaultUnavailable

_SLOW_SECONDS = 1.0
_STAYS_SLOW_SECONDS = 5.0


class Places:
    """Any number of calls while Vault answers soon; `most` at a time while it is slow (None: any
    number). Nobody waits for a place: the call fails at once, unless it is `needed`."""

    def __init__(
        self, most: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._clock = most, clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        # When each call began; the oldest is the first.
        self._begun: dict[int, float] = {}
        self._slow_until = 0.0

    @contextmanager
    def one(self, needed: bool = False) -> Iterator[None]:
        """For one call. Raises `VaultUnavailable`."""
        number = self._take(needed)
        try:
            yield
        finally:
            with self._lock:
                now = self._clock()
                if now - self._begun.pop(number) >= _SLOW_SECONDS:
                    self._slow_until = now + _STAYS_SLOW_SECONDS

    def _take(self, needed: bool) -> int:
        with self._lock:
            now, is_full = self._clock(), self._most and len(self._begun) >= self._most
            if is_full and not needed and self._is_slow(now):
                raise VaultUnavailable
            number = next(self._numbers)
            self._begun[number] = now
            return number

    def _is_slow(self, now: float) -> bool:
        oldest = next(iter(self._begun.values()))
        return now < self._slow_until or now - oldest >= _SLOW_SECONDS
