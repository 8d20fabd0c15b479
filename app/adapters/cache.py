"""The two caches, both Flask-Caching's: this worker's memory, and the generations that all share.

Values, keys among them, stay in memory as they are. Shared are random stamps alone: in a directory
on one machine, in Valkey or Redis on many. What is read back is 32 hex digits or it is a miss, so
that nothing planted there is ever unpickled.
"""

import os
import re
import secrets
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pybreaker
import redis
from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache
from flask_caching.backends import SimpleCache

from app.ports import GenerationsUnavailable

_STAMP = re.compile(rb"[0-9a-f]{32}")
_KEPT_SECONDS = 30 * 24 * 3600
_SOCKET_SECONDS = 0.2
_BREAKER_SECONDS = 5


class AsIs(BaseSerializer):
    """Values are immutable and never leave the process, so nothing is pickled."""

    def dumps(self, value: Any, *_: Any) -> Any:
        return value

    def loads(self, value: Any) -> Any:
        return value


class StampSerializer(BaseSerializer):
    """A stamp as its ASCII digits; anything else that is found reads as absent."""

    def dumps(self, value: str, *_: Any) -> bytes:
        return value.encode("ascii")

    def loads(self, value: bytes | None) -> str | None:
        return value.decode("ascii") if value and _STAMP.fullmatch(value) else None

    def dump(self, value: Any, file: Any, *_: Any) -> None:
        file.write(self.dumps(value))

    def load(self, file: Any) -> str | None:
        return self.loads(file.read(64))


class WorkerMemory(SimpleCache):
    """SimpleCache that makes room in one step: it would sort all it holds for every new value."""

    def _prune(self) -> None:
        if self._over_threshold():
            oldest = sorted(self._cache, key=lambda key: self._cache[key][0])
            for key in oldest[: max(1, len(oldest) // 10)]:
                del self._cache[key]


class SharedGenerations:
    """`ports.Generations` on either backend. `remote`: one that does not answer in time is left
    alone for some seconds; a directory is read without such care."""

    def __init__(self, cache: Any, timeout: int, *, remote: bool) -> None:
        self._cache = cache
        self._timeout = timeout
        self._breaker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=_BREAKER_SECONDS)
        self._care = self._breaker.calling if remote else nullcontext

    def read(self, name: str) -> str | None:
        stamp: str | None = self._guarded(self._cache.get, name)
        return stamp

    def begin(self, name: str) -> str | None:
        mine = secrets.token_hex(16)
        if self._guarded(self._cache.add, name, mine, self._timeout):
            return mine
        if self.read(name) is None:
            self.renew(name)
        return None

    def renew(self, name: str) -> None:
        if not self._guarded(self._cache.set, name, secrets.token_hex(16), self._timeout):
            raise GenerationsUnavailable

    def probe(self) -> None:
        """Raises `GenerationsUnavailable`."""
        self.read("probe")

    def _guarded(self, call: Any, *arguments: Any) -> Any:
        try:
            with self._care():
                return call(*arguments)
        except (redis.RedisError, OSError, pybreaker.CircuitBreakerError):
            raise GenerationsUnavailable from None


def worker_memory(app: Flask, threshold: int) -> Any:
    config = {
        "CACHE_TYPE": "app.adapters.cache.WorkerMemory",
        "CACHE_THRESHOLD": threshold,
        "CACHE_SERIALIZER": AsIs(),
    }
    return Cache(app, config=config).cache


def shared_generations(app: Flask, redis_url: str | None, directory: Path) -> SharedGenerations:
    """On Valkey or Redis when there is an address, else in the directory (0700, ours alone)."""
    if redis_url:
        timeouts = {"socket_timeout": _SOCKET_SECONDS, "socket_connect_timeout": _SOCKET_SECONDS}
        config = {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": redis_url,
            "CACHE_KEY_PREFIX": "team-secrets:generation:",
            "CACHE_OPTIONS": {**timeouts, "retry": None},
            "CACHE_SERIALIZER": StampSerializer(),
        }
        return SharedGenerations(Cache(app, config=config).cache, _KEPT_SECONDS, remote=True)
    config = {
        "CACHE_TYPE": "app.adapters.stamp_directory.StampDirectory",
        "CACHE_DIR": str(directory / "generations"),
        "CACHE_THRESHOLD": 0,
        "CACHE_SERIALIZER": StampSerializer(),
    }
    return SharedGenerations(Cache(app, config=config).cache, 0, remote=False)


def own_directory(directory: Path) -> None:
    """Makes it with mode 0700, and refuses one that somebody else could have put there."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if found.st_uid != os.getuid() or not directory.is_dir() or directory.is_symlink():
        raise PermissionError(f"{directory} is not a directory of ours")
    directory.chmod(0o700)
