"""A slow Vault must not take all of a worker's threads: others need them for what needs no Vault.

`breaker` is for a Vault that answers nobody. This is for one that answers late.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from app.errors import VaultUnavailable

_SLOW_SECONDS = 1.0
_STAYS_SLOW_SECONDS = 5.0
_LOOK_SECONDS = 1.0


class Places:
    """Any number of threads while Vault answers soon; `most` at a time while it is slow (None: any
    number), whether they call or wait for another's call. Nobody waits for a place: a thread fails
    at once, unless its call is `needed`."""

    def __init__(
        self, most: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._clock = most, clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        # When each call began; the oldest is the first.
        self._begun: dict[int, float] = {}
        self._waiting: set[int] = set()
        self._slow_until = -inf

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

    def wait(self, is_over: Callable[[float], bool]) -> None:
        """For a thread that waits for another's call. `is_over` waits for so many seconds at most
        and returns whether that call is over. Raises `VaultUnavailable`: also later, because all
        threads may have come to wait before Vault counts as slow."""
        with self._lock:
            if self._is_full() and self._is_slow(self._clock()):
                raise VaultUnavailable
            number = next(self._numbers)
            self._waiting.add(number)
        try:
            while not is_over(self._seconds_to_next_look()):
                self._look(number)
        finally:
            with self._lock:
                self._waiting.discard(number)

    def _take(self, needed: bool) -> int:
        with self._lock:
            now = self._clock()
            if not needed and self._is_full() and self._is_slow(now):
                raise VaultUnavailable
            number = next(self._numbers)
            self._begun[number] = now
            return number

    def _look(self, number: int) -> None:
        """Give the place up if there are too many. Whoever looks next finds one fewer."""
        with self._lock:
            if self._is_full(beyond=1) and self._is_slow(self._clock()):
                self._waiting.discard(number)
                raise VaultUnavailable

    def _is_full(self, beyond: int = 0) -> bool:
        taken = len(self._begun) + len(self._waiting)
        return self._most is not None and taken >= self._most + beyond

    def _is_slow(self, now: float) -> bool:
        return now >= self._slow_from(now)

    def _slow_from(self, now: float) -> float:
        """When Vault counts as slow if no call ends until then."""
        oldest = next(iter(self._begun.values()), now)
        return now if now < self._slow_until else oldest + _SLOW_SECONDS

    def _seconds_to_next_look(self) -> float:
        with self._lock:
            now = self._clock()
            left = self._slow_from(now) - now
            return left if left > 0 else _LOOK_SECONDS
