"""Where rates are counted: in Valkey or Redis for many machines, else in a file all workers map.

The `limits` library does the counting. It has no storage that the workers of one machine share, and
its own in memory starts a thread for what expires; `SharedCounters` is a storage for it that does
neither.
"""

import secrets
import threading
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import pybreaker
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.adapters.breakers import Watched
from app.adapters.cache.server import SharedServer, failures
from app.adapters.cache.shared_memory import SharedMemory

_BREAKER_SECONDS = 5
_SLOTS = 1 << 16
_PROBES = 8
_ADDRESS_SPACE = _SLOTS - _PROBES
_WORD_BYTES = 8
# The last slot, which no name reaches.
_SALT_BYTES = 2 * _WORD_BYTES
_MOST = 0xFFFFFFFF
T = TypeVar("T")


class SharedCounters(Storage):
    """Fixed windows in a file of 1 MiB that all workers of one machine map.

    A slot is two words of 8 bytes: a key's hash; the second at which its window ends, with its
    count. Where all slots that a key may take are in use, the one that ends first is given up: a
    flood of keys can make a limit forgetful, never the file large. Threads take turns and processes
    do not: two workers that count the same key within the same microseconds may count once. A lock
    among processes would cost each turn two system calls for that. A word is written at once;
    `struct.pack_into` fills its place with zeros first, and a worker that reads just then would
    take the slot for an empty one and begin the window anew.

    The hashes are salted, with random bytes in the file's last slot. Otherwise a client could
    choose eight role ids whose counts replace the count of its own address.
    """

    STORAGE_SCHEME = None

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._memory = SharedMemory(file, _SLOTS * 2 * _WORD_BYTES)
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = int(self._clock())
        self._memory.look_now_and_then()
        with self._lock:
            words, name = self._words(), self._name(key)
            at, ends, count = _slot(words, name, now)
            if ends <= now:
                ends, count = now + expiry, 0
            # A window that was begun before the clock stepped back would end too late.
            ends = min(ends, now + expiry)
            count = min(count + amount, _MOST)
            words[at], words[at + 1] = name, ends | count << 32
        return count

    def get(self, key: str) -> int:
        now = int(self._clock())
        with self._lock:
            _, ends, count = _slot(self._words(), self._name(key), now)
        return count if ends > now else 0

    def get_expiry(self, key: str) -> float:
        now = int(self._clock())
        with self._lock:
            _, ends, _ = _slot(self._words(), self._name(key), now)
        return max(ends, now)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            words = self._words()
            words[:] = memoryview(bytes(words.nbytes)).cast("Q")
        return None

    def clear(self, key: str) -> None:
        with self._lock:
            words = self._words()
            at, _, _ = _slot(words, self._name(key), 0)
            words[at] = words[at + 1] = 0

    def _words(self) -> memoryview:
        """The mapped file as it is now: another one may be mapped later."""
        return memoryview(self._memory.bytes).cast("Q")

    def _name(self, key: str) -> int:
        """The key's hash. The file's first user writes the salt."""
        memory = self._memory.bytes
        salt = memory[-_SALT_BYTES:]
        if not any(salt):
            salt = memory[-_SALT_BYTES:] = secrets.token_bytes(_SALT_BYTES)
        digest = blake2b(key.encode(), key=salt, digest_size=_WORD_BYTES).digest()
        return int.from_bytes(digest, "little")


class RateCounters:
    """Counts at the shared storage; while that does not answer, on this machine."""

    def __init__(
        self, machine: FixedWindowRateLimiter, shared: FixedWindowRateLimiter | None = None
    ) -> None:
        self._machine = machine
        self._shared = shared
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=1, reset_timeout=_BREAKER_SECONDS, listeners=[Watched("rates")]
        )

    def wait(self, rule: RateLimitItem, *who: str, cost: int = 1) -> int:
        """Counts `cost` more; 0 where that is within the rule, else the seconds to wait."""
        return self._done(lambda limiter: _wait(limiter, rule, who, cost))

    def at_storage(self, work: Callable[[Storage], T]) -> T:
        """What `work` returns at the storage where rates are counted now."""
        return self._done(lambda limiter: work(limiter.storage))

    def _done(self, work: Callable[[FixedWindowRateLimiter], T]) -> T:
        if self._shared:
            try:
                with self._breaker.calling():
                    return _noted(work, self._shared)
            except (StorageError, pybreaker.CircuitBreakerError):
                pass
        return work(self._machine)


def rate_counters(server: SharedServer | None, directory: Path) -> RateCounters:
    machine = FixedWindowRateLimiter(SharedCounters(directory / "rates"))
    if server is None:
        return RateCounters(machine)
    shared = storage_from_string(server.url, wrap_exceptions=True, **server.options)
    return RateCounters(machine, FixedWindowRateLimiter(shared))


def _wait(
    limiter: FixedWindowRateLimiter, rule: RateLimitItem, who: tuple[str, ...], cost: int
) -> int:
    if limiter.hit(rule, *who, cost=cost):
        return 0
    ends = limiter.get_window_stats(rule, *who).reset_time
    return max(1, min(int(ends - time.time()), rule.get_expiry()) + 1)


def _noted(work: Callable[[FixedWindowRateLimiter], T], limiter: FixedWindowRateLimiter) -> T:
    try:
        return work(limiter)
    except StorageError as error:
        failures.add(error.storage_error)
        raise


def _slot(words: memoryview, name: int, now: int) -> tuple[int, int, int]:
    """Where the key's slot begins, when its window ends (0: not begun), and its count."""
    first = name % _ADDRESS_SPACE * 2
    free, free_ends = first, _MOST
    for at in range(first, first + _PROBES * 2, 2):
        held, state = words[at], words[at + 1]
        ends = state & _MOST
        if held == name:
            return at, ends, state >> 32
        if max(ends, now) < free_ends:
            free, free_ends = at, max(ends, now)
    return free, 0, 0
