"""A production start that cannot work ends at once, and says why."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(tmp_path: Path, command: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "METRICS_BIND": "", "CACHE_DIR": str(tmp_path / "cache")}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=given | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_gunicorn_gives_up_where_the_environment_is_wrong(tmp_path: Path) -> None:
    secret = "a-canary-of-a-secret-id"
    command = ["gunicorn", "-c", "gunicorn.conf.py", "--bind", "127.0.0.1:0", "wsgi:app"]
    ended = start(tmp_path, command, VAULT_SECRET_ID=secret, VAULT_TIMEOUT="soon")
    assert ended.returncode == 1, ended.stderr
    wrong = (
        "missing or not valid in the environment: VAULT_ADDR (missing), VAULT_ROLE_ID (missing), "
        "VAULT_TIMEOUT (not a number of seconds above 0 and up to 3600)\n"
    )
    assert wrong in ended.stderr
    assert "Traceback" not in ended.stderr
    assert secret not in ended.stdout + ended.stderr


def test_a_command_gives_up_too(tmp_path: Path) -> None:
    ended = start(tmp_path, ["flask", "--app", "wsgi", "team", "list"])
    assert ended.returncode == 1
    assert ended.stderr == (
        "Error: missing or not valid in the environment: VAULT_ADDR (missing)\n"
    )
