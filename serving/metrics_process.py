"""The process that serves the metrics, managed by gunicorn's master: started, watched, ended."""

import fcntl
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from serving.metric_files import make_own

_ROOT = Path(__file__).parent.parent
_PREFIX = "team-secrets-metric-files-"
_LOCK = "lock"
_PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")
_BACKLOG = 16
_RESTART_SECONDS = 2.0


class MetricsProcess:
    """Serves the files in `directory`, which exists as long as the master."""

    def __init__(self, bind: tuple[str, int]) -> None:
        self._bind = bind
        self._listener: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0
        remove_stale()
        draft = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}"))
        self._lock = _locked(draft)
        # It gets its name with the lock already held, because otherwise it would look stale.
        self.directory = draft.rename(draft.with_name(draft.name.removeprefix("new-")))

    @property
    def address(self) -> str:
        host, port = self._bind
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def listen(self) -> socket.socket:
        """Raises `OSError` if the address is in use or does not belong to this machine."""
        family = socket.AF_INET6 if ":" in self._bind[0] else socket.AF_INET
        listener = socket.socket(family)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(self._bind)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        return listener

    def watch(self) -> bool:
        """Restart the process and recreate its directory if needed. Returns whether the process had
        ended and was restarted; raises `OSError` if it cannot serve now."""
        self._keep_directory()
        if self._process is not None and self._process.poll() is None:
            return False
        if time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + _RESTART_SECONDS
        again = self._process is not None
        self._process = self._started(self._listener or self.listen())
        return again

    def let_go(self) -> None:
        """In a worker: the port and the lock are the master's."""
        if self._listener is not None:
            self._listener.close()
        os.close(self._lock)

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(5)
        if self._listener is not None:
            self._listener.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _started(self, listener: socket.socket) -> "subprocess.Popen[bytes]":
        # The environment may contain VAULT_SECRET_ID, which this process does not need.
        environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "serving.exposition", str(listener.fileno())],
            cwd=_ROOT,
            env=environ | {"PROMETHEUS_MULTIPROC_DIR": str(self.directory)},
            pass_fds=[listener.fileno()],
        )

    def _keep_directory(self) -> None:
        make_own(self.directory)
        if not (self.directory / _LOCK).exists():
            os.close(self._lock)
            self._lock = _locked(self.directory)


def remove_stale() -> None:
    """Remove the directories of killed masters, whose locks are free."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            found = directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            os.close(_locked(directory))
        except OSError:
            continue
        shutil.rmtree(directory, ignore_errors=True)


def _locked(directory: Path) -> int:
    """A descriptor with the directory's lock; raises `OSError` if another process has it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(directory / _LOCK, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
