"""A file system that a test can fill: 2 MiB, seen by the processes that it starts and no others.

It is a tmpfs in a mount namespace. Root can make one anywhere, others where the kernel lets users
have namespaces. Where neither is so, a limit on the size of files fails allocations the same way.
`python -m tests.faults.small_disk DIRECTORY COMMAND...` is what runs inside the namespace.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Sequence
from io import FileIO
from pathlib import Path

_OPTIONS = f"size={2 * 1024 * 1024},mode=0700"
_AS_ROOT = ("unshare", "--mount")
_AS_USER = ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount")
_LIMIT = (4096, resource.RLIM_INFINITY)
_NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class SmallDisk:
    """`prefix` starts a command that sees the disk at `directory`."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        way = _AS_ROOT if os.getuid() == 0 else _AS_USER
        inside = (*way, sys.executable, "-m", __name__, str(directory))
        self._is_real = subprocess.run([*inside, "true"], check=False).returncode == 0
        self.prefix: Sequence[str] = inside if self._is_real else ()

    def of(self, pid: int) -> Path:
        """The directory as that process sees it."""
        root = f"/proc/{pid}/root" if self._is_real else ""
        return Path(f"{root}{self.directory}")

    def fill(self, pids: Iterable[int]) -> None:
        """Until not a byte is left."""
        first, *others = pids
        if not self._is_real:
            for pid in (first, *others):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, _LIMIT)
            return
        with FileIO(self.of(first) / "filler", "a") as file:
            for size in (65536, 4096, 1):
                _write_while_there_is_room(file, size)

    def empty(self, pids: Iterable[int]) -> None:
        first, *others = pids
        if self._is_real:
            (self.of(first) / "filler").unlink()
        else:
            for pid in (first, *others):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, _NO_LIMIT)


def _write_while_there_is_room(file: FileIO, size: int) -> None:
    try:
        while True:
            file.write(b"x" * size)
    except OSError:
        return


def main(directory: str, *command: str) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", _OPTIONS, "tmpfs", directory]
    subprocess.run(mount, check=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
