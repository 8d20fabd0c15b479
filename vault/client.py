"""The bootstrap's client for Vault: an explicit token, and nothing else from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path

import hvac
import requests

from vault.reconcile import BootstrapError

_TIMEOUT = 30
_TOKEN = re.compile(r"[!-~]+")


def connect(environ: Mapping[str, str]) -> hvac.Client:
    """A client from `VAULT_ADDR`, `VAULT_TOKEN` or `VAULT_TOKEN_FILE`, `VAULT_CACERT` and
    `VAULT_NAMESPACE`.

    No redirect is followed, because the token would go with it. Raises `BootstrapError`.
    """
    token = environ.get("VAULT_TOKEN", "").strip() or _token_in(environ.get("VAULT_TOKEN_FILE"))
    for name, value in (("VAULT_ADDR", environ.get("VAULT_ADDR", "")), ("VAULT_TOKEN", token)):
        if not value.strip():
            raise BootstrapError(f"{name} is not set")
    if not _TOKEN.fullmatch(token):
        raise BootstrapError("VAULT_TOKEN is no token: it has blanks or other odd characters")
    cacert = environ.get("VAULT_CACERT")
    if cacert and not Path(cacert).is_file():
        raise BootstrapError("VAULT_CACERT names no file")
    session = requests.Session()
    session.trust_env = False
    session.verify = cacert or True
    return hvac.Client(
        url=_active(environ["VAULT_ADDR"].split(","), session),
        token=token,
        namespace=environ.get("VAULT_NAMESPACE") or None,
        verify=session.verify,
        timeout=_TIMEOUT,
        allow_redirects=False,
        session=session,
    )


def _token_in(file: str | None) -> str:
    try:
        return Path(file).read_text().strip() if file else ""
    except (OSError, ValueError):
        raise BootstrapError("VAULT_TOKEN_FILE is not a file that can be read") from None


def _active(addresses: list[str], session: requests.Session) -> str:
    """The first server that is active: unsealed, and no standby."""
    why = "down, sealed or without a leader"
    for address in (text.strip().rstrip("/") for text in addresses):
        try:
            health = session.get(
                f"{address}/v1/sys/health", timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            # Only where it is needed: the app is large.
            from app.adapters.causes import cause_of, in_words  # noqa: PLC0415

            why = in_words(cause_of(error))
        else:
            if health.ok:
                return address
    raise BootstrapError(f"no server at VAULT_ADDR is active ({why})")
