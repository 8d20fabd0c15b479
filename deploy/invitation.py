"""The files from the first machine for a second machine's apps: trust, logins, a certificate for
its proxy."""

import json
from pathlib import Path

from deploy.authority import Authority
from deploy.pair import Pair, certificate_pem, key_pem
from deploy.places import Places
from vault.state import write_private


class UnusableInvitation(ValueError):
    """The text is no invitation; the message contains nothing of it."""


def invite(places: Places, public_name: str) -> str:
    """An invitation for a machine with this public name. It contains secrets in plain text."""
    pair = Authority.kept_in(places.authority).issue([public_name, "localhost", "127.0.0.1"])
    content = {name: file.read_text() for name, file in _shared(places).items()}
    chain = b"".join(map(certificate_pem, pair.chain))
    content["proxy"] = (chain + key_pem(pair.key)).decode()
    return json.dumps(content)


def accept(places: Places, text: bytes) -> None:
    """Write an invitation's content where the containers read it.

    Raises `UnusableInvitation` before anything is written.
    """
    try:
        content = json.loads(text)
        files = {file: str(content[name]) for name, file in _shared(places).items()}
        pair = Pair.parse(str(content["proxy"]).encode())
    except (ValueError, TypeError, KeyError):
        raise UnusableInvitation("this is no invitation of a first machine") from None
    for file, value in files.items():
        write_private(file, value.encode())
    places.authority_certificate.chmod(0o644)
    pair.write(places.proxy_tls)


def _shared(places: Places) -> dict[str, Path]:
    return {
        "authority": places.authority_certificate,
        "role_id": places.credentials / "role-id",
        "secret_id": places.credentials / "secret-id",
        "cache_url": places.cache_url,
    }
