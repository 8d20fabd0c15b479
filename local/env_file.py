"""`$STATE_DIR/env`: the variables for the operator's command line on a local run.

For `flask --env-file .local/env …` and for `source .local/env`. It names the files with the
secrets, and contains none.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from vault.state import StateDir

_FROM_THE_APP = (
    "VAULT_ADDR",
    "VAULT_ROLE_ID_FILE",
    "VAULT_SECRET_ID_FILE",
    "VAULT_KV_MOUNT",
    "BLAWBY_API_URL",
    "CACHE_DIR",
)
_ROOT = Path(__file__).parents[1]


def write(state: StateDir, app_environ: Mapping[str, str]) -> None:
    """Mode 0600, like all that is in the directory."""
    values = {
        "FLASK_APP": str(_ROOT / "wsgi.py"),
        **{name: app_environ[name] for name in _FROM_THE_APP},
        "VAULT_TOKEN_FILE": str(state / "operator-token"),
    }
    lines = [f"export {name}={_quoted(value)}\n" for name, value in values.items()]
    state.write_private("env", "".join(lines).encode())


def _quoted(value: str) -> str:
    """In a form that the shell and python-dotenv read alike: in single quotes, where only the quote
    itself is special; with one of those inside, in double quotes. (There the two differ about a
    dollar sign: a path with both works only with `source`.)"""
    if "'" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'[\\"$`]', r"\\\g<0>", value) + '"'
