"""Files in which workers count and which the exposition sums, in prometheus_client's format.

prometheus_client's own values have three faults for a service: if a file cannot be created, the
counting request fails; a page without disk space kills the worker (SIGBUS); and each worker leaves
files behind. So a number is also kept in memory, its file is allocated before use, and files belong
to slots that workers inherit.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict, mmap_key

_FIRST_BYTES = 1 << 16
# Size of an entry besides its key: its length, padding, and two numbers.
_ENTRY_BYTES = 32
_MASTER = "master"


class AllocatedFile(MmapedDict):
    """Raises `OSError` where the disk has no room, instead of killing the process later."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            # Under another name at first, so that no scrape finds it empty.
            draft = path.with_suffix(".new")
            _allocate(draft, _FIRST_BYTES)
            draft.rename(path)
        super().__init__(str(path))
        if not 0 < self._used <= self._capacity:
            raise ValueError("not a file of metrics")
        self._path = path

    def _init_value(self, key: str) -> None:
        if self._used + len(key.encode()) + _ENTRY_BYTES > self._capacity:
            os.posix_fallocate(self._f.fileno(), 0, self._capacity * 2)
        super()._init_value(key)

    def is_there(self) -> bool:
        """Whether the exposition finds this very file."""
        try:
            return os.path.samestat(os.fstat(self._f.fileno()), self._path.stat())
        except OSError:
            return False


class MetricFiles:
    """The files of one process: the master's at first, a worker's after `adopt`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = Lock()
        self._slot = _MASTER
        self._files: dict[str, AllocatedFile] = {}
        self._values: list[Value] = []
        self._whole = self._told = True

    def install(self) -> None:
        """From now on new metrics count here. Call it before the app is imported."""
        Value.files = self
        values.ValueClass = Value

    def adopt(self, slot: str) -> None:
        """In a worker, after the fork: continue the counts of the slot's last worker."""
        self._slot = slot
        with self.lock:
            for value in self._values:
                value.number, value.file = 0.0, None
            self._open()

    def look(self) -> bool | None:
        """Open files that were removed or had no space; call it about every second.

        Returns whether all numbers are in files, if that has changed since the last call.
        """
        with self.lock:
            if not self._whole or not all(file.is_there() for file in self._files.values()):
                self._whole = True
                self._open()
            if self._whole == self._told:
                return None
            self._told = self._whole
            return self._told

    def join(self, value: "Value") -> None:
        with self.lock:
            self._values.append(value)
            self._attach(value)

    def _open(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
        for value in self._values:
            self._attach(value)

    def _attach(self, value: "Value") -> None:
        """Add the counts made without a file to those in the file."""
        was_in_file, value.file = value.file is not None, None
        try:
            file = self._file(value.kind)
            found = file.read_value(value.key)[0]
            if not was_in_file:
                value.number = value.number or found if value.is_gauge else value.number + found
            file.write_value(value.key, value.number, value.moment)
            value.file = file
        except OSError:
            self._whole = False

    def _file(self, kind: str) -> AllocatedFile:
        if kind not in self._files:
            make_own(self.directory)
            self._files[kind] = _opened(self.directory / f"{kind}_{self._slot}.db")
        return self._files[kind]


class Value:
    """One number of a metric. Replaces prometheus_client's `MmapedValue`."""

    files: MetricFiles

    def __init__(
        self,
        kind: str,
        metric: str,
        name: str,
        labels: list[str],
        label_values: list[str],
        text: str,
        multiprocess_mode: str = "",
        **_: Any,
    ) -> None:
        self.is_gauge = kind == "gauge"
        self.kind = f"gauge_{multiprocess_mode}" if self.is_gauge else kind
        self.key = mmap_key(metric, name, labels, label_values, text)
        self.number = 0.0
        self.moment = 0.0
        self.file: AllocatedFile | None = None
        self.files.join(self)

    def inc(self, amount: float) -> None:
        with self.files.lock:
            self._store(self.number + amount, 0.0)

    def set(self, value: float, timestamp: float | None = None) -> None:
        with self.files.lock:
            self._store(value, timestamp or 0.0)

    def get(self) -> float:
        return self.number

    def set_exemplar(self, _: object) -> None:
        """The format of the files has no place for exemplars."""

    def get_exemplar(self) -> None:
        """None, see above."""

    def _store(self, number: float, moment: float) -> None:
        self.number, self.moment = number, moment
        if self.file:
            self.file.write_value(self.key, number, moment)


def make_own(directory: Path) -> None:
    """Create the directory with mode 0700; raise `OSError` if another user created it."""
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    found = directory.lstat()
    if directory.is_symlink() or found.st_uid != os.getuid():
        raise PermissionError(directory)


def _opened(path: Path) -> AllocatedFile:
    """Delete a file that prometheus_client cannot read, with its counts."""
    try:
        return AllocatedFile(path)
    except (RuntimeError, ValueError, struct.error):
        path.unlink()
        return AllocatedFile(path)


def _allocate(path: Path, size: int) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
