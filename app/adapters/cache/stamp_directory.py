"""The generations of one machine: Flask-Caching's FileSystemCache, and how readers notice changes.

Reading a file at each turn would cost four system calls, each of which lets another thread take the
interpreter. So a worker caches stamps while the change mark, which all workers map into their
memory, is the same as before it read them.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from flask_caching.backends import FileSystemCache

from app.adapters.cache.shared_memory import SharedMemory

# cachelib writes the second of expiry (0: never) before the value.
_EXPIRY_BYTES = 4
_FILE_BYTES = 64
_MARK_BYTES = 8
_MOST_KNOWN = 50_000


class StampDirectory(FileSystemCache):
    """Stamps do not expire here. `add` is atomic: of two workers that find none, one stores it."""

    def __init__(self, cache_dir: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(cache_dir, *args, **kwargs)
        self._mark = SharedMemory(Path(cache_dir).parent / "changes", _MARK_BYTES)
        self._known: dict[str, tuple[bytes, str]] = {}

    def get(self, key: str) -> str | None:
        self._mark.look_now_and_then()
        if not self._mark.is_shared:
            return self._read(key)
        mark = self._mark.bytes[:]
        known = self._known.get(key)
        if known and known[0] == mark:
            return known[1]
        stamp = self._read(key)
        if stamp:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (mark, stamp)
        return stamp

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Write the file first, then the mark: a reader of the new mark reads the new file. Return
        False if either could not be written."""
        if not self._mark.look():
            return False
        written = bool(super().set(key, value, *args, **kwargs))
        self._mark.bytes[:] = secrets.token_bytes(_MARK_BYTES)
        return written

    def probe(self) -> None:
        """Writes for real; raises `OSError` where a change would not reach the other workers."""
        if not self._mark.look():
            raise OSError("the mark of changes is not shared")
        with tempfile.NamedTemporaryFile(
            suffix=self._fs_transaction_suffix, dir=self._path
        ) as file:
            file.write(bytes(_FILE_BYTES))

    def add(self, key: str, value: Any, timeout: Any = None) -> bool:
        descriptor, draft = tempfile.mkstemp(suffix=self._fs_transaction_suffix, dir=self._path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(bytes(_EXPIRY_BYTES))
                self.serializer.dump(value, file)
            os.link(draft, self._get_filename(key))
        except FileExistsError:
            return False
        finally:
            os.unlink(draft)
        return True

    def _read(self, key: str) -> str | None:
        try:
            file = os.open(self._get_filename(key), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            stamp: str | None = self.serializer.loads(os.read(file, _FILE_BYTES)[_EXPIRY_BYTES:])
        finally:
            os.close(file)
        return stamp
