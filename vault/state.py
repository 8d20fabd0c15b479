"""The directory with all files of a local run, and the processes tied to it."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_TETHER = Path(__file__).parent / "tether.py"


class StateInUse(RuntimeError):
    """Another process works in the directory."""


class StateUnusable(RuntimeError):
    """Nothing can be kept in the directory."""


class StateDir:
    """A private directory under a lock.

    Every process started here inherits the lock, so that it is free only when the last of them has
    ended, even after a `kill -9` of their parent.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: int | None = None

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def acquire(self, patience: float = 15.0) -> None:
        """Take the lock. Waits for the children of a dead owner, but not for a living one.

        Raises `StateInUse` and `StateUnusable`.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            raise StateUnusable(f"{self.path} is no directory that can be written") from None
        deadline = time.monotonic() + patience
        while not _locked(lock):
            owner = os.pread(lock, 20, 0).decode() or "0"
            if _alive(int(owner)) or time.monotonic() > deadline:
                os.close(lock)
                raise StateInUse(f"{self.path} is in use (process {owner})")
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_private(self, name: str, content: bytes) -> Path:
        """Write a file that only its owner may read, atomically."""
        return write_private(self.path / name, content)

    def spawn(
        self, argv: Sequence[str], log_name: str, environ: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a process (by its full path) that gets SIGTERM when the calling thread ends.

        It has its own session, so that Ctrl-C reaches only us, and we stop processes in order.
        """
        log = os.open(self.path / log_name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *argv],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if self._lock is None else (self._lock,),
            )
        finally:
            os.close(log)


def write_private(path: Path, content: bytes) -> Path:
    """Write a file of mode 0600 atomically; it survives a power cut once written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    """Whether the owner is alive; we do not count, because our children may still be ending."""
    if pid in {0, os.getpid()}:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
