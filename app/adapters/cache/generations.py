"""The generations on whichever backend, and what is owed to it when it did not take the news."""

import threading
import time
from contextlib import nullcontext
from typing import Any

import pybreaker
import redis

from app.adapters.breakers import Watched
from app.adapters.cache.server import failures
from app.domain.stamps import announced, first_stamp, new_stamp
from app.observability import metrics
from app.ports import GenerationsUnavailable

_BREAKER_SECONDS = 1
_OWED_SECONDS = 0.5


class SharedGenerations:
    """`ports.Generations`. `remote`: a backend that does not answer in time is left alone for a
    second; a directory is read without such care.

    A renewal that the backend did not take is owed: it is made as soon as the backend takes it, and
    that name is not read before. An error that a backend answers with (it is full, for example)
    concerns one call, and no other team's.
    """

    def __init__(self, cache: Any, timeout: int, *, remote: bool) -> None:
        self._cache = cache
        self._timeout = timeout
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=1,
            reset_timeout=_BREAKER_SECONDS,
            exclude=[redis.ResponseError],
            listeners=[Watched("cache")],
        )
        self._care = self._breaker.calling if remote else nullcontext
        self._owed: dict[str, int] = {}
        self._owing = threading.Lock()

    def read(self, name: str) -> str | None:
        """Raises `GenerationsUnavailable`."""
        if name in self._owed:
            self._guarded(self._pay)
        stamp: str | None = self._guarded(self._get, name)
        return stamp

    def begin(self, name: str) -> str | None:
        mine = first_stamp()
        if self._guarded(self._cache.add, name, mine, self._timeout):
            return mine
        if self.read(name) is None:
            self.renew(name)
        return None

    def renew(self, name: str, version: int = 0) -> None:
        """Tried for real even where reads have given up: it is a write's one chance."""
        try:
            _noted(self._put, name, version)
        except (redis.RedisError, OSError):
            self._owe(name, version)
            metrics.generation_errors.inc()
            raise GenerationsUnavailable from None

    def probe(self) -> None:
        """Raises `GenerationsUnavailable`."""
        probe = getattr(self._cache, "probe", None)
        if probe:
            self._guarded(probe)
        else:
            self.read("probe")

    def _get(self, name: str) -> Any:
        try:
            return self._cache.get(name)
        except redis.ResponseError:
            # Something of another type lies there. The others' stamps are none the worse for it.
            return None

    def _put(self, name: str, version: int) -> None:
        stamp = new_stamp(version or announced(self._get(name)))
        if not self._cache.set(name, stamp, self._timeout):
            raise OSError("the cache did not take it")

    def _owe(self, name: str, version: int) -> None:
        with self._owing:
            first = not self._owed
            self._owed[name] = version or self._owed.get(name, 0)
        if first:
            threading.Thread(target=self._pay_when_possible, daemon=True).start()

    def _pay_when_possible(self) -> None:
        """For the other workers' sake: this one may never read again."""
        while self._owed:
            time.sleep(_OWED_SECONDS)
            try:
                self._pay()
            except (redis.RedisError, OSError):
                continue

    def _pay(self) -> None:
        with self._owing:
            for name, version in list(self._owed.items()):
                self._put(name, version)
                del self._owed[name]

    def _guarded(self, call: Any, *arguments: Any) -> Any:
        try:
            with self._care():
                return _noted(call, *arguments)
        except (redis.RedisError, OSError, pybreaker.CircuitBreakerError):
            metrics.generation_errors.inc()
            raise GenerationsUnavailable from None


def _noted(call: Any, *arguments: Any) -> Any:
    """A directory has no connections, and a server that answers with an error is connected."""
    try:
        return call(*arguments)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        failures.add(error)
        raise
