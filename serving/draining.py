"""Whether this instance is ending. All workers see it through memory shared with the master,
created before the first fork."""

import mmap

_flag = mmap.mmap(-1, 1)


def begin() -> None:
    _flag[:] = b"\1"


def has_begun() -> bool:
    return _flag[:] != b"\0"
