"""How the parts beside Vault are started: the Blawby sandbox, the import, the app."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local.settings import RunSettings
from vault.state import StateDir

_SAMPLES = Path("vault") / "teams.example.json"


def app_environ(
    environ: Mapping[str, str],
    settings: RunSettings,
    state: StateDir,
    vault_addresses: list[str],
    blawby_api_url: str,
    model_url: str = "",
) -> dict[str, str]:
    """The app's environment; its secrets come from files. `model_url`: that of the sandbox's
    language model, if it runs.

    A shell's own settings for Vault belong to another one.
    """
    cache = state / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    return {
        **{name: value for name, value in environ.items() if not _is_for_another_vault(name)},
        "VAULT_ADDR": ",".join(vault_addresses),
        "VAULT_ROLE_ID_FILE": str(state / "role-id"),
        "VAULT_SECRET_ID_FILE": str(state / "secret-id"),
        "VAULT_KV_MOUNT": settings.kv_mount,
        "BLAWBY_API_URL": blawby_api_url,
        "CACHE_DIR": str(cache),
        "METRICS_BIND": settings.metrics_bind,
        # A local run needs no drain, because it has no load balancer.
        "DRAIN_SECONDS": environ.get("DRAIN_SECONDS", "0"),
        **({"LLM_BASE_URL": model_url, "LLM_MODEL": "sandbox"} if model_url else {}),
    }


def sandbox(port: int | None, kept: Path, url_file: Path) -> list[str]:
    """`port` None: the usual one, or the next free one. `kept`: the file for its records."""
    where = ["--port", str(port)] if port else ["--or-next"]
    files = ["--state", str(kept), "--url-file", str(url_file)]
    return [sys.executable, "-m", "sandbox", *where, *files]


def language_model(url_file: Path) -> list[str]:
    """On any free port, because nobody calls it but the app."""
    where = ["--port", "0", "--url-file", str(url_file)]
    return [sys.executable, "-m", "sandbox.language_model", *where]


def import_samples() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "team", "import", str(_SAMPLES)]


def app(settings: RunSettings) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    # The control socket is common to all of a user's gunicorns: two side by side would collide.
    return [*gunicorn, "--no-control-socket", "--bind", settings.bind, "wsgi:app"]


def _is_for_another_vault(name: str) -> bool:
    return name.startswith("VAULT_") and name != "VAULT_TIMEOUT"
