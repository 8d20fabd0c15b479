"""A name server that is silent ends no call later than the call's own deadline does."""

import subprocess
from pathlib import Path

from tests.faults.silent_names import ALONE

ROOT = Path(__file__).parents[2]


def test_no_client_waits_for_a_silent_name_server(tmp_path: Path) -> None:
    """The system's resolver would: the limit here is less than its patience with one name."""
    command = [*ALONE, str(tmp_path / "resolv.conf")]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    told = [line.split() for line in ended.stdout.splitlines() if not line.startswith("{")]
    assert told == [
        ["blawby", "Unsent", "True"],
        ["vault", "VaultUnavailable", "True"],
        ["model", "ReadTimeout", "True"],
    ]
