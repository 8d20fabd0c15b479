"""`python -m drills NAME [--seconds N]`: one drill. Exit code 0 where it passed, else 1."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from drills import blawby, failover, flood, restoration, rotation
from drills.verdict import Verdict
from local.settings import CannotRun
from vault.node import VaultDied

Drill = Callable[[Path, float], Verdict]
DRILLS: dict[str, Drill] = {
    "failover": failover.drill,
    "rotate": rotation.drill,
    "restore": restoration.drill,
    "blawby": blawby.drill,
    "flood": flood.drill,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("name", choices=DRILLS)
    parser.add_argument("--seconds", type=float, default=30.0, help="of load, 30 unless told")
    options = parser.parse_args()
    # What was started is stopped also where somebody ends the drill.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="drill-") as directory:
            verdict = DRILLS[options.name](Path(directory) / "run", options.seconds)
    except (CannotRun, VaultDied) as error:
        print(f"drill-{options.name}: FAILED: {error}")
        return 1
    left = len(_children()) + Path(directory).exists()
    verdict.check("processes and files that are left", str(left), "0", not left)
    print(verdict.shown(time.monotonic() - began))
    return 0 if verdict.passed else 1


def _children() -> list[str]:
    """Process ids of what some thread of ours started and nobody has waited for."""
    files = Path("/proc/self/task").glob("*/children")
    return [pid for file in files for pid in file.read_text().split()]


if __name__ == "__main__":
    sys.exit(main())
