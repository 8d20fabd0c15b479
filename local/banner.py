"""The texts of `make run`: at its start, when all parts answer, and at its end."""

import shlex
import sys
from contextlib import suppress
from pathlib import Path

from local.settings import RunSettings

# The team of vault/teams.example.json that bills.
_SAMPLE_TEAM = "north-carolina-legal-services"


def begin() -> None:
    """On standard error: the first line of standard output is that all is ready."""
    print("run: starting Vault and the app …", file=sys.stderr, flush=True)


def end() -> None:
    """Whoever reads it may have ended before."""
    with suppress(OSError):
        print("run: stopped; the data stay", file=sys.stderr, flush=True)


def announce(settings: RunSettings, blawby_api_url: str, vault_addresses: list[str]) -> None:
    url = settings.own_url
    token = _shown(settings.state_dir / "operator-token")
    env = _shown(settings.state_dir / "env")
    lines = [
        f"ready {settings.url}",
        "",
        f"  Chat page         {url}/chat/{_SAMPLE_TEAM}",
        f"  API description   {url}/docs",
        f"  Vault UI          {vault_addresses[0]}/ui (log in with the operator's token)",
        f"  Vault             {' '.join(vault_addresses)}",
        f"  Blawby            {blawby_api_url}",
        *(["  Language model    the sandbox's"] if settings.sandbox_model else []),
        f"  Metrics           {_metrics(settings)}",
        f"  Operator's token  {token}",
        f"  Audit log         {_shown(settings.state_dir / 'audit.log')}",
        "",
        "  Try:",
        f'  curl -s -H "Authorization: Bearer $(cat {shlex.quote(token)})" {url}/api/teams',
        f"  .venv/bin/flask --env-file {shlex.quote(env)} team list",
        "",
        "  Ctrl-C stops all of it; the data stay.",
    ]
    print("\n".join(lines), flush=True)


def _metrics(settings: RunSettings) -> str:
    return f"http://{settings.metrics_bind}/metrics" if settings.metrics_bind else "off"


def _shown(path: Path) -> str:
    """Relative to the current directory, if that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
