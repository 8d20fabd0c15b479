"""The first step of every start: certificates and passwords. Valid existing ones are kept."""

import secrets
from pathlib import Path

from deploy.authority import Authority
from deploy.pair import Pair
from deploy.places import Places
from vault.state import write_private

_LOOPBACK = ["localhost", "127.0.0.1", "::1"]
_VAULT_NAMES = ["vault", "vault-2", "vault-3", *_LOOPBACK]
_CACHE_NAMES = ["cache", *_LOOPBACK]
_SEAL_KEY_BYTES = 32


def set_up(places: Places, public_name: str, *, seal_key: bool = False) -> list[str]:
    """Create what is missing, and return a description of it.

    `public_name` is the name by which clients reach the proxy. Certificates that expire within 60
    days are replaced; their servers must read them again.
    """
    authority = Authority.kept_in(places.authority)
    made = []
    if _read(places.authority_certificate) != authority.pem:
        _write_public(places.authority_certificate, authority.pem)
        made.append("certificate authority")
    for server, directory, names in (
        ("Vault", places.vault_tls, _VAULT_NAMES),
        ("Valkey", places.cache, _CACHE_NAMES),
        ("the proxy", places.proxy_tls, _distinct([public_name, *_LOOPBACK])),
    ):
        if authority.is_due(directory, names):
            authority.issue(names).write(directory)
            made.append(f"certificate of {server}")
    if not places.cache_url.exists():
        _cache_password(places)
        made.append("password of Valkey")
    if seal_key and not places.seal_key.exists():
        write_private(places.seal_key, secrets.token_bytes(_SEAL_KEY_BYTES))
        made.append("key of the static seal")
    return made


def install_certificate(places: Places, text: bytes) -> None:
    """Give the proxy a certificate of the operator. Raises `UnusablePair`."""
    Pair.parse(text).write(places.proxy_tls)


def _cache_password(places: Places) -> None:
    """The app's address is written last: it means that all are complete."""
    password = secrets.token_urlsafe(32)
    write_private(places.cache / "password", password.encode())
    write_private(places.cache / "password.conf", f"requirepass {password}\n".encode())
    write_private(places.cache_url, f"rediss://:{password}@cache:6379/0".encode())


def _read(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _write_public(file: Path, content: bytes) -> None:
    write_private(file, content)
    file.chmod(0o644)


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
