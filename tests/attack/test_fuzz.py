"""The API's own description against the app under gunicorn: all checks of schemathesis, as anybody.

A failure prints the request as a `curl` line and the seed; the same seed makes the same requests.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.gunicorn import Gunicorn
from tests.rig import Caller

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPTIONS = [
    "--checks=all",
    "--phases=examples,coverage,fuzzing",
    "--mode=all",
    "--max-examples=8",
    "--seed=1",
    "--generation-deterministic",
    "--warnings=off",
    "--no-color",
    # It would end the session of who asks.
    "--exclude-path=/api/auth/logout",
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["operator", "alice", "nobody"])
def test_the_description_holds(
    request: pytest.FixtureRequest, gunicorn: Gunicorn, tmp_path: Path, who: str
) -> None:
    caller: Caller = request.getfixturevalue(who)
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE}/schemathesis.toml"]
    command += ["run", f"{gunicorn.url}/openapi.json", *OPTIONS]
    if caller.token:
        command += ["--header", f"Authorization: Bearer {caller.token}"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout or " passed" in done.stdout, done.stdout
