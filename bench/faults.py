"""`python -m bench.faults`: the fault tests that have a size, in full, and what they measured.

In the suite they are the same tests, smaller.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_FULL = {
    "FAULTS_TEAMS": "100",
    "FAULTS_LOAD_SECONDS": "300",
    "FAULTS_SPIKE_SECONDS": "30",
    "FAULTS_WRITES": "10000",
    "FAULTS_FROZEN_SECONDS": "15",
    "FAULTS_SOAK_SECONDS": "1800",
    "FAULTS_TOKEN_SECONDS": "60",
    "FAULTS_RESOLUTIONS": "10000",
    "FAULTS_ROTATIONS": "100",
    "FAULTS_SECONDS": "120",
}
_TESTS = (
    "tests/faults/test_load.py",
    "tests/faults/test_vault_cluster.py::test_row_08_the_leader_is_killed_under_writes",
    "tests/faults/test_vault_cluster.py::test_row_09_no_node_denies_what_was_acknowledged",
    "tests/faults/test_vault_cluster.py::test_row_11_a_frozen_leader",
    "tests/faults/test_vault_workers.py::test_row_04_soak",
    "tests/faults/test_vault_workers.py::test_row_37_preload_mixes_no_teams",
    "tests/faults/test_vault_workers.py::test_rotation_under_load",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        measured = Path(directory) / "measured"
        measured.touch()
        command = [sys.executable, "-m", "pytest", "--show-capture=no", "--timeout=3600", *_TESTS]
        ended = subprocess.run(
            command, env=os.environ | _FULL | {"FAULTS_REPORT": str(measured)}, check=False
        )
        print(measured.read_text(), end="")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
