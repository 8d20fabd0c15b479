"""Tie a process to the one that started it, so that nothing is left running (Linux only).

Run as `python -I -S tether.py PARENT COMMAND…` it becomes COMMAND, tied.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """This process gets SIGTERM when the thread that started it ends, however it ends.

    Exits at once if the parent has already ended.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    tie_to(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
