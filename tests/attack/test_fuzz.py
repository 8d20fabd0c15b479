"""The API's own description against the app under gunicorn: all checks of schemathesis, as anybody.

A failure prints the request as a `curl` line and the seed; the same seed makes the same requests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attack.apart import service_apart
from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import Sandbox, Stage

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


@dataclass(frozen=True)
class Target:
    """Schemathesis finds the teams that are there, and removes them like all others."""

    url: str
    tokens: dict[str, str | None]


@pytest.fixture(scope="module")
def target(
    sandbox: Sandbox, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    place = tmp_path_factory.mktemp("fuzz")
    limits = ("LOGIN_RATE_LIMIT", "AGENT_RATE_LIMIT", "ADDRESS_RATE_LIMIT")
    unlimited = dict.fromkeys(limits, "1000000/minute")
    with service_apart(place, sandbox) as service:
        stage = Stage(service, canaries, place / "cache")
        member = stage.team().with_key().member()
        tokens = {"operator": stage.operator.token, "member": member.token, "nobody": None}
        with Gunicorn(service, place, **unlimited) as server:
            canaries.watch(server.log)
            yield Target(server.url, tokens)


@pytest.mark.timeout(300)
# The operator comes last: it leaves nobody's team as it was.
@pytest.mark.parametrize("who", ["nobody", "member", "operator"])
def test_the_description_holds(target: Target, tmp_path: Path, who: str) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE}/schemathesis.toml"]
    command += ["run", f"{target.url}/openapi.json", *OPTIONS]
    if token := target.tokens[who]:
        command += ["--header", f"Authorization: Bearer {token}"]
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
