"""Where rates are counted: in Valkey or Redis for many machines, else in a file all workers map.

The `limits` library does the counting. It has no storage that the workers of one machine share, and
its own in memory starts a thread for what expires; `SharedCounters` is a storage for it that does
neither.
"""

import struct
import threading
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import pybreaker
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.adapters.cache.server import SharedServer
from app.adapters.cache.shared_memory import SharedMemory

_BREAKER_SECONDS = 5
_SLOT = struct.Struct("=8sII")
_SLOTS = 1 << 16
_PROBES = 8
_ADDRESS_SPACE = _SLOTS - _PROBES


class SharedCounters(Storage):
    """Fixed windows in a file of 1 MiB that all workers of one machine map.

    A slot holds a key's hash, the second at which its window ends, and its count. Where all slots
    that a key may take are in use, the one that ends first is given up: a flood of keys can make
    a limit forgetful, never the file large. Threads take turns and processes do not: two workers
    that count the same key within the same microseconds may count once. A lock among processes
    would cost each turn two system calls for that.
    """

    STORAGE_SCHEME = None

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._memory = SharedMemory(file, _SLOTS * _SLOT.size)
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        name, now = _hash(key), int(self._clock())
        self._memory.look_now_and_then()
        with self._lock:
            at, ends, count = self._slot(name, now)
            if ends <= now:
                ends, count = now + expiry, 0
            # A window that was begun before the clock stepped back would end too late.
            ends = min(ends, now + expiry)
            count = min(count + amount, 0xFFFFFFFF)
            _SLOT.pack_into(self._memory.bytes, at, name, ends, count)
        return count

    def get(self, key: str) -> int:
        now = int(self._clock())
        with self._lock:
            _, ends, count = self._slot(_hash(key), now)
        return count if ends > now else 0

    def get_expiry(self, key: str) -> float:
        now = int(self._clock())
        with self._lock:
            _, ends, _ = self._slot(_hash(key), now)
        return max(ends, now)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            self._memory.bytes[:] = bytes(len(self._memory.bytes))
        return None

    def clear(self, key: str) -> None:
        with self._lock:
            at, _, _ = self._slot(_hash(key), 0)
            _SLOT.pack_into(self._memory.bytes, at, bytes(8), 0, 0)

    def _slot(self, name: bytes, now: int) -> tuple[int, int, int]:
        """Where the key's slot begins, when its window ends (0: not begun), and its count."""
        first = int.from_bytes(name, "little") % _ADDRESS_SPACE * _SLOT.size
        free, free_ends = first, 0xFFFFFFFF
        for at in range(first, first + _PROBES * _SLOT.size, _SLOT.size):
            held, ends, count = _SLOT.unpack_from(self._memory.bytes, at)
            if held == name:
                return at, ends, count
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

    def wait(self, rule: RateLimitItem, *who: str) -> int:
        """Counts one more; 0 where that is within the rule, else the seconds to wait."""
        if self._shared:
            try:
                with self._breaker.calling():
                    return _wait(self._shared, rule, who)
            except (StorageError, pybreaker.CircuitBreakerError):
                pass
        return _wait(self._machine, rule, who)


def rate_counters(server: SharedServer | None, directory: Path) -> RateCounters:
    machine = FixedWindowRateLimiter(SharedCounters(directory / "rates"))
    if server is None:
        return RateCounters(machine)
    shared = storage_from_string(server.url, wrap_exceptions=True, **server.options)
    return RateCounters(machine, FixedWindowRateLimiter(shared))


def _wait(limiter: FixedWindowRateLimiter, rule: RateLimitItem, who: tuple[str, ...]) -> int:
    if limiter.hit(rule, *who):
        return 0
    ends = limiter.get_window_stats(rule, *who).reset_time
    return max(1, min(int(ends - time.time()), rule.get_expiry()) + 1)


def _hash(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=8).digest()
