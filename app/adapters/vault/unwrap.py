"""The service's secret id, which may be wrapped so that nobody can read it in transit.

A wrapping token returns it once (Vault's documentation, "response wrapping"). gunicorn's master
uses it before it forks workers, which inherit the secret id in memory.
"""

import re
import threading

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable

# Secret ids are UUIDs or custom values; tokens start with these prefixes.
_WRAPPING_TOKEN = re.compile(r"(?:hvs|s)\.[A-Za-z0-9_.-]{16,}")
_SECRET_ID_PATH = re.compile(r"auth/[^/]+/role/[^/]+/(?:custom-)?secret-id")
_unwrapped: dict[SecretString, SecretString] = {}
_lock = threading.Lock()


class WrappingRefused(VaultUnavailable):
    sentence = (
        "VAULT_SECRET_ID is a wrapping token that gives no secret id: it was used already, or has "
        "expired, or wraps something else. Where it was not you who used it, somebody else has the "
        "secret id: destroy it, and issue another one."
    )


def unwrapped(
    given: SecretString, addresses: VaultAddresses, namespace: str | None = None
) -> SecretString:
    """Return `given`, or the secret id wrapped in it. A wrapping token is used once for this
    process and its forks. Raises `WrappingRefused`."""
    if not _WRAPPING_TOKEN.fullmatch(given.reveal()):
        return given
    with _lock:
        if given not in _unwrapped:
            _unwrapped[given] = _unwrap(given, addresses, namespace)
        return _unwrapped[given]


def _unwrap(token: SecretString, addresses: VaultAddresses, namespace: str | None) -> SecretString:
    """Check the token's origin first, because a swapped token wraps something else."""
    nobody = VaultTransport(addresses, None, namespace)
    holder = VaultTransport(addresses, token, namespace)
    try:
        seen = nobody.post("/v1/sys/wrapping/lookup", json={"token": token.reveal()})
        if not _SECRET_ID_PATH.fullmatch(str(seen["data"]["creation_path"])):
            raise WrappingRefused
        answer = holder.post("/v1/sys/wrapping/unwrap")
    except (Refused, NothingThere, Forbidden, Unauthenticated):
        raise WrappingRefused from None
    return SecretString(str(answer["data"]["secret_id"]))
