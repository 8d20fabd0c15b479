"""`$STATE_DIR/env`: the shell and `flask --env-file` read the same out of it."""

import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from local import env_file
from vault.state import StateDir

APP = {
    "VAULT_ADDR": "http://127.0.0.1:8200,http://127.0.0.1:8210",
    "VAULT_ROLE_ID_FILE": "x",
    "VAULT_SECRET_ID_FILE": "x",
    "VAULT_KV_MOUNT": "teams",
    "BLAWBY_API_URL": "http://127.0.0.1:8300",
    "CACHE_DIR": "x",
    "VAULT_SECRET_ID": "never-in-it",
}


@pytest.mark.parametrize(
    "name",
    ["plain", "two words", "jürgen", "100%25", "$HOME", "a`b", 'say "x"', "it's", "#x"],
)
def test_both_read_the_same(tmp_path: Path, name: str) -> None:
    state = StateDir(tmp_path / name)
    state.path.mkdir()
    env_file.write(state, APP)
    file = state / "env"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "never-in-it" not in file.read_text()
    wanted = str(state / "operator-token")
    assert dotenv_values(file)["VAULT_TOKEN_FILE"] == wanted
    script = 'source "$1" && printf %s "$VAULT_TOKEN_FILE"'
    shell = subprocess.run(
        ["bash", "-c", script, "bash", str(file)], capture_output=True, text=True, check=True
    )
    assert shell.stdout == wanted
