"""Signatures by the Standard Webhooks specification (github.com/standard-webhooks)."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from hashlib import sha256

from app.domain.secret import SecretString

PREFIX = "whsec_"
_FEWEST_BYTES, _MOST_BYTES = 24, 64


def signing_key(secret: SecretString) -> bytes | None:
    """The bytes of the signing key. A secret with the prefix `whsec_` must be base64 of 24 to 64
    bytes, else None. Any other secret is decoded in the same way if possible, like the
    specification's libraries do, and otherwise used literally."""
    text = secret.reveal()
    decoded = _decoded(text.removeprefix(PREFIX))
    if decoded is not None:
        return decoded
    return None if text.startswith(PREFIX) else text.encode()


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}"


def _decoded(text: str) -> bytes | None:
    try:
        decoded = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Error, ValueError):
        return None
    return decoded if _FEWEST_BYTES <= len(decoded) <= _MOST_BYTES else None
