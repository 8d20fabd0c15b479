"""A client for the one who prepares Vault: an explicit token, nothing from the environment."""

from collections.abc import Mapping

import hvac
import requests

from vault.reconcile import BootstrapError

_TIMEOUT = 30


def connect(environ: Mapping[str, str]) -> hvac.Client:
    """A client from `VAULT_ADDR`, `VAULT_TOKEN` and their like; nothing else from the environment,
    and no redirect, gets at the token."""
    for name in ("VAULT_ADDR", "VAULT_TOKEN"):
        if not environ.get(name):
            raise BootstrapError(f"{name} is not set")
    session = requests.Session()
    session.trust_env = False
    verify: str | bool = environ.get("VAULT_CACERT") or True
    session.verify = verify
    return hvac.Client(
        url=_active(environ["VAULT_ADDR"].split(","), session),
        token=environ["VAULT_TOKEN"],
        namespace=environ.get("VAULT_NAMESPACE") or None,
        verify=verify,
        timeout=_TIMEOUT,
        allow_redirects=False,
        session=session,
    )


def _active(addresses: list[str], session: requests.Session) -> str:
    """The first server that is active: unsealed, and no standby."""
    for address in (text.strip().rstrip("/") for text in addresses):
        try:
            health = session.get(
                f"{address}/v1/sys/health", timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException:
            continue
        if health.ok:
            return address
    raise BootstrapError("no server at VAULT_ADDR is active (down, sealed or without a leader)")
