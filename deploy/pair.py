"""A server's certificate and private key, as PEM files."""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from vault.state import write_private

CERTIFICATE = "tls.crt"
PRIVATE_KEY = "tls.key"
_PRIVATE_BLOCK = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL
)


class UnusablePair(ValueError):
    """A certificate and a key that no server could use; the message has the reason and shows
    neither."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`chain` begins with the server's own certificate."""

    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes

    @classmethod
    def parse(cls, text: bytes) -> "Pair":
        """Accept certificates and one private key without a password, in any order.

        Raises `UnusablePair` if one is missing, expired, or they do not belong together.
        """
        try:
            chain = tuple(x509.load_pem_x509_certificates(text))
            key = private_key(text)
        except (ValueError, TypeError):
            raise UnusablePair(
                "expected certificates and one private key without a password, as PEM"
            ) from None
        if chain[0].public_key() != key.public_key():
            raise UnusablePair("the first certificate does not belong to the private key")
        if chain[0].not_valid_after_utc < datetime.datetime.now(datetime.UTC):
            raise UnusablePair("the certificate has expired")
        return cls(chain, key)

    def write(self, directory: Path) -> None:
        """Write two files that only their owner may read, the key first."""
        write_private(directory / PRIVATE_KEY, key_pem(self.key))
        write_private(directory / CERTIFICATE, b"".join(map(certificate_pem, self.chain)))


def private_key(text: bytes) -> PrivateKeyTypes:
    """The only private key in a PEM text that may also contain certificates. Raises
    `ValueError`."""
    blocks = _PRIVATE_BLOCK.findall(text)
    if len(blocks) != 1:
        raise ValueError("not one private key")
    return serialization.load_pem_private_key(blocks[0], None)


def certificate_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
