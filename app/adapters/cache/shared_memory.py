"""A few bytes shared by all workers of one machine: a file that each worker maps into its
memory."""

import logging
import mmap
import os
import time
from pathlib import Path

from app.observability import metrics

_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


class SharedMemory:
    """`size` bytes of the file at `path`, created with mode 0600 and filled with zeros.

    The file's pages are allocated before use, because writing to a page without disk space kills
    the process (SIGBUS). While the file cannot be mapped, `bytes` are private to this worker. If
    the file is removed (by a cleaner of temporary files, for example), a new worker creates
    another: `look` maps the current one.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._told = True
        self._inode: int | None = None
        self.bytes = mmap.mmap(-1, size)
        self.look()

    @property
    def is_shared(self) -> bool:
        return self._inode is not None

    def look_now_and_then(self) -> None:
        """`look`, once a second at most: cheap enough for every request."""
        if time.monotonic() >= self._look_at:
            self.look()

    def look(self) -> bool:
        """Map the file again if it was replaced. Returns whether it is shared now."""
        self._look_at = time.monotonic() + _LOOK_SECONDS
        if not self._is_mapped():
            self._inode = None
            try:
                self._map()
            except OSError:
                metrics.shared_memory_errors.inc()
        self._tell()
        return self.is_shared

    def _is_mapped(self) -> bool:
        try:
            return self._inode is not None and os.stat(self._path).st_ino == self._inode
        except OSError:
            return False

    def _map(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        file = os.open(self._path, flags, 0o600)
        try:
            os.posix_fallocate(file, 0, self._size)
            self.bytes = mmap.mmap(file, self._size)
            self._inode = os.fstat(file).st_ino
        finally:
            os.close(file)

    def _tell(self) -> None:
        if self._told == self.is_shared:
            return
        self._told = self.is_shared
        what = {"file": self._path.name}
        if self._told:
            _log.info("a file is shared with the other workers again", extra=what)
        else:
            _log.warning("no room for a file that workers share: each goes on alone", extra=what)
