"""`flask secret set` at a terminal: the key is asked for, and is not seen while it is typed."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.http.answers import data_of
from tests.rig import Stage, TeamOnStage


def test_a_key_typed_at_the_prompt_is_not_shown(
    stage: Stage, team: TeamOnStage, tmp_path: Path
) -> None:
    key = stage.canaries.key()
    command = ["-m", "flask", "--app", "wsgi", "secret", "set", team.team_id]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *command, "--team-ulid", team.ulid],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment(stage, tmp_path),
    )
    os.close(theirs)
    seen = read_until(ours, b"API key: ")
    os.write(ours, f"{key}\n".encode())
    seen += read_until(ours, None)
    assert process.wait(30) == 0, seen
    assert b"Version 1 of the key is stored." in seen
    stage.canaries.keep("terminal", seen)
    assert key.encode() not in seen
    assert data_of(stage.operator.get(team.secret))["hasSecret"] is True


def environment(stage: Stage, cache: Path) -> dict[str, str]:
    """The app's, as production has it, and the operator's token."""
    service = stage.service
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(cache),
        "VAULT_ADDR": service.vault.address,
        "VAULT_ROLE_ID": service.role_id,
        "VAULT_SECRET_ID": service.secret_id,
        "VAULT_TOKEN": stage.operator.token or "",
        "BLAWBY_API_URL": service.blawby_url,
        "CACHE_DIR": str(cache / "cache"),
        "METRICS_BIND": "",
    }


def read_until(terminal: int, wanted: bytes | None) -> bytes:
    """What the terminal shows until `wanted` stands there; None: until its process is gone."""
    seen = b""
    while wanted is None or wanted not in seen:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            piece = b""
        if not piece:
            assert wanted is None, seen
            return seen
        seen += piece
    return seen
