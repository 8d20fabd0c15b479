"""Run as `python -I -S tether.py PARENT COMMAND…`: becomes COMMAND, which gets SIGTERM when the
thread that started it ends, however that ends (Linux alone; elsewhere it only becomes COMMAND)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
