"""Processes that are there and do nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import eventually


def state_of(pid: int) -> str:
    """As in /proc: `T` is stopped, `Z` has ended and its parent has not been told."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """Stopped, not ended: whoever waits for an answer gets none."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        eventually(lambda: all(state_of(pid) == "T" for pid in pids))
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)
