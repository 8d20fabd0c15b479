"""The generations of one machine: Flask-Caching's FileSystemCache, and how readers hear of news.

A file read at each turn would cost four system calls, each of which hands the interpreter to
another thread. So a worker remembers the stamps it has read for as long as the mark of changes,
which all workers map into their memory, is the one it saw before it read them.
"""

import os
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from flask_caching.backends import FileSystemCache

from app.adapters.cache.shared_memory import shared_memory

# cachelib writes the second of expiry (0: never) before the value.
_EXPIRY_BYTES = 4
_FILE_BYTES = 64
_MARK_BYTES = 8
_MOST_KNOWN = 50_000
_LOOK_SECONDS = 1.0


class StampDirectory(FileSystemCache):
    """Stamps do not expire here. `add` is atomic: of two workers that find none, one puts it."""

    def __init__(self, cache_dir: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(cache_dir, *args, **kwargs)
        self._mark_path = Path(cache_dir).parent / "changes"
        self._mark = shared_memory(self._mark_path, _MARK_BYTES)
        self._inode = self._mark_path.stat().st_ino
        self._look_at = 0.0
        self._known: dict[str, tuple[bytes, str]] = {}

    def get(self, key: str) -> str | None:
        if time.monotonic() >= self._look_at:
            self._share_mark()
        mark = self._mark[:]
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
        """The file first, then the mark: who sees the new mark reads the new file."""
        self._share_mark()
        written = bool(super().set(key, value, *args, **kwargs))
        self._mark[:] = secrets.token_bytes(_MARK_BYTES)
        return written

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

    def _share_mark(self) -> None:
        """Maps the mark that the others map, where somebody took ours away (a cleaner of temporary
        files, say) and a new worker made another: before each write, and each second."""
        self._look_at = time.monotonic() + _LOOK_SECONDS
        try:
            same = self._mark_path.stat().st_ino == self._inode
        except FileNotFoundError:
            same = False
        if not same:
            self._mark = shared_memory(self._mark_path, _MARK_BYTES)
            self._inode = self._mark_path.stat().st_ino

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
