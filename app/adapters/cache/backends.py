"""The two caches, both from Flask-Caching: this worker's memory, and the shared generations.

Values, including keys, stay in memory unserialized. Workers share only random stamps: in a
directory on one machine, in Valkey or Redis on many. A value read back is 32 hex digits or a miss,
so the app never unpickles planted data.
"""

import os
from pathlib import Path
from typing import Any

from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache
from flask_caching.backends import SimpleCache

from app.adapters.cache.generations import SharedGenerations
from app.adapters.cache.server import SharedServer
from app.domain.stamps import is_stamp

_KEPT_SECONDS = 30 * 24 * 3600


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
        text = (value or b"").decode("ascii", "replace")
        return text if is_stamp(text) else None

    def dump(self, value: Any, file: Any, *_: Any) -> None:
        file.write(self.dumps(value))

    def load(self, file: Any) -> str | None:
        return self.loads(file.read(64))


class WorkerMemory(SimpleCache):
    """SimpleCache that frees space in one step; the original sorts all values for every new one."""

    def _prune(self) -> None:
        if self._over_threshold():
            # A copy, and no `del`, because other threads free space at the same time.
            kept = self._cache.copy()
            oldest = sorted(kept, key=lambda key: kept[key][0])
            for key in oldest[: max(1, len(oldest) // 10)]:
                self._cache.pop(key, None)


def _cache(app: Flask, config: dict[str, Any]) -> Any:
    """Return the cache itself. Flask-Caching looks it up in the current app, which may be another
    one."""
    with app.app_context():
        return Cache(app, config=config).cache


def worker_memory(app: Flask, threshold: int) -> Any:
    config = {
        "CACHE_TYPE": "app.adapters.cache.backends.WorkerMemory",
        "CACHE_THRESHOLD": threshold,
        "CACHE_SERIALIZER": AsIs(),
    }
    return _cache(app, config)


def shared_generations(
    app: Flask, server: SharedServer | None, directory: Path
) -> SharedGenerations:
    """On Valkey or Redis if configured, else in the directory (mode 0700)."""
    if server:
        config = {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_URL": server.url,
            "CACHE_KEY_PREFIX": "team-secrets:generation:",
            "CACHE_OPTIONS": {**server.options, "retry": None},
            "CACHE_SERIALIZER": StampSerializer(),
        }
        return SharedGenerations(_cache(app, config), _KEPT_SECONDS, remote=True)
    config = {
        "CACHE_TYPE": "app.adapters.cache.stamp_directory.StampDirectory",
        "CACHE_DIR": str(directory / "generations"),
        "CACHE_THRESHOLD": 0,
        "CACHE_SERIALIZER": StampSerializer(),
    }
    return SharedGenerations(_cache(app, config), 0, remote=False)


def own_directory(directory: Path) -> None:
    """Create it with mode 0700; raise if somebody else could have placed the existing one."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if found.st_uid != os.getuid() or not directory.is_dir() or directory.is_symlink():
        raise PermissionError(f"{directory} is not a directory of ours")
    directory.chmod(0o700)
