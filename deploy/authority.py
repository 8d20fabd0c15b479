"""The private certificate authority of one installation."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.pair import CERTIFICATE, Pair, certificate_pem, key_pem, private_key
from vault.state import write_private

_AUTHORITY_LIFE = datetime.timedelta(days=3650)
_SERVER_LIFE = datetime.timedelta(days=825)
_RENEW_BEFORE = datetime.timedelta(days=60)
# The clocks of two machines may differ.
_BACKDATED = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs the certificates of Vault, Valkey and, until there is a better one, nginx."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def kept_in(cls, directory: Path) -> "Authority":
        """The authority with its key in this directory, created on first use."""
        kept = directory / "ca.pem"
        if not kept.exists():
            made = _new_authority()
            write_private(kept, certificate_pem(made.certificate) + key_pem(made.key))
        text = kept.read_bytes()
        key = private_key(text)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{kept} holds no elliptic curve key")
        return cls(x509.load_pem_x509_certificate(text), key)

    @property
    def pem(self) -> bytes:
        return certificate_pem(self.certificate)

    def issue(self, names: list[str]) -> Pair:
        """A certificate for a server with these host names and addresses, and a new key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(names[0], self.certificate.subject, key, _SERVER_LIFE)
            .add_extension(_alternative_names(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        return Pair((certificate,), key)

    def is_due(self, directory: Path, names: list[str]) -> bool:
        """Whether the certificate in this directory is missing, expires soon or has other names.

        A certificate of another authority is the operator's own and never due.
        """
        file = directory / CERTIFICATE
        if not file.exists():
            return True
        found = x509.load_pem_x509_certificate(file.read_bytes())
        if found.issuer != self.certificate.subject:
            return False
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return named != _alternative_names(names) or found.not_valid_after_utc < (
            _now() + _RENEW_BEFORE
        )


def _new_authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    # A random name distinguishes the authorities of two installations.
    name = f"Team Secrets {x509.random_serial_number():040x}"
    certificate = (
        _builder(name, None, key, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNING_ONLY, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


_SIGNING_ONLY = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def _builder(
    name: str,
    issuer: x509.Name | None,
    key: ec.EllipticCurvePrivateKey,
    life: datetime.timedelta,
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return x509.CertificateBuilder(
        issuer_name=issuer or subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=_now() - _BACKDATED,
        not_valid_after=_now() + life,
    )


def _alternative_names(names: list[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general_name(name) for name in names])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
