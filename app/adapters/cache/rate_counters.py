"""Where rates are counted: in Valkey or Redis for many machines, else in a file all workers map.

The `limits` library does the counting. It has no storage that the workers of one machine share, and
its own in memory starts a thread for what expires; `SharedCounters` is a storage for it that does
neither.
"""

import threading
import time
from hashlib import blake2b
from pathlib import Path

import pybreaker
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.adapters.cache.shared_memory import shared_memory

_SOCKET_SECONDS = 0.2
_BREAKER_SECONDS = 5
_SLOTS = 1 << 16
_PROBES = 8
_ADDRESS_SPACE = _SLOTS - _PROBES
_WORD_BYTES = 8
_MOST = 0xFFFFFFFF


class SharedCounters(Storage):
    """Fixed windows in a file of 1 MiB that all workers of one machine map.

    A slot is two words of 8 bytes: a key's hash; the second at which its window ends, with its
    count. Where all slots that a key may take are in use, the one that ends first is given up: a
    flood of keys can make a limit forgetful, never the file large. Threads take turns and processes
    do not: two workers that count the same key within the same microseconds may count once. A lock
    among processes would cost each turn two system calls for that. A word is written at once;
    `struct.pack_into` fills its place with zeros first, and a worker that reads just then would
    take the slot for an empty one and begin the window anew.
    """

    STORAGE_SCHEME = None

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._words = memoryview(shared_memory(file, _SLOTS * 2 * _WORD_BYTES)).cast("Q")
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        name, now = _hash(key), int(time.time())
        with self._lock:
            at, ends, count = self._slot(name, now)
            if ends <= now:
                ends, count = now + expiry, 0
            count = min(count + amount, _MOST)
            self._words[at], self._words[at + 1] = name, ends | count << 32
        return count

    def get(self, key: str) -> int:
        now = int(time.time())
        with self._lock:
            _, ends, count = self._slot(_hash(key), now)
        return count if ends > now else 0

    def get_expiry(self, key: str) -> float:
        now = int(time.time())
        with self._lock:
            _, ends, _ = self._slot(_hash(key), now)
        return max(ends, now)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            self._words[:] = memoryview(bytes(self._words.nbytes)).cast("Q")
        return None

    def clear(self, key: str) -> None:
        with self._lock:
            at, _, _ = self._slot(_hash(key), 0)
            self._words[at] = self._words[at + 1] = 0

    def _slot(self, name: int, now: int) -> tuple[int, int, int]:
        """Where the key's slot begins, when its window ends (0: not begun), and its count."""
        first = name % _ADDRESS_SPACE * 2
        free, free_ends = first, _MOST
        for at in range(first, first + _PROBES * 2, 2):
            held, state = self._words[at], self._words[at + 1]
            ends = state & _MOST
            if held == name:
                return at, ends, state >> 32
            if max(ends, now) < free_ends:
                free, free_ends = at, max(ends, now)
        return free, 0, 0


class RateCounters:
    """Counts at the shared storage; while that does not answer, on this machine."""

    def __init__(
        self, machine: FixedWindowRateLimiter, shared: FixedWindowRateLimiter | None = None
    ) -> None:
        self._machine = machine
        self._shared = shared
        self._breaker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=_BREAKER_SECONDS)

    def wait(self, rule: RateLimitItem, *who: str, cost: int = 1) -> int:
        """Counts `cost` more; 0 where that is within the rule, else the seconds to wait."""
        if self._shared:
            try:
                with self._breaker.calling():
                    return _wait(self._shared, rule, who, cost)
            except (StorageError, pybreaker.CircuitBreakerError):
                pass
        return _wait(self._machine, rule, who, cost)


def rate_counters(redis_url: str | None, directory: Path) -> RateCounters:
    machine = FixedWindowRateLimiter(SharedCounters(directory / "rates"))
    if redis_url is None:
        return RateCounters(machine)
    options = {"socket_timeout": _SOCKET_SECONDS, "socket_connect_timeout": _SOCKET_SECONDS}
    shared = storage_from_string(redis_url, wrap_exceptions=True, **options)
    return RateCounters(machine, FixedWindowRateLimiter(shared))


def _wait(
    limiter: FixedWindowRateLimiter, rule: RateLimitItem, who: tuple[str, ...], cost: int
) -> int:
    if limiter.hit(rule, *who, cost=cost):
        return 0
    ends = limiter.get_window_stats(rule, *who).reset_time
    return max(1, int(ends - time.time()) + 1)


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=_WORD_BYTES).digest(), "little")
