"""The private authority: its certificates serve TLS, are renewed in time, and yield to others."""

import datetime
import ipaddress
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.authority import Authority
from deploy.pair import CERTIFICATE, PRIVATE_KEY, Pair, UnusablePair, certificate_pem, key_pem
from deploy.places import Places
from deploy.setup import install_certificate, set_up

NAMES = ["vault", "localhost", "127.0.0.1"]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("authority", "trust", "vault-tls", "cache", "cache-login", "proxy-tls", "seal"):
        (tmp_path / name).mkdir()
    return Places(tmp_path)


def served(directory: Path, authority: Path, name: str) -> str:
    """The TLS version of a handshake with a server that has this directory's certificate."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(directory / CERTIFICATE, directory / PRIVATE_KEY)
    client = ssl.create_default_context(cafile=str(authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=lambda: _accept(server, theirs))
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=name) as connection:
            return str(connection.version())
    finally:
        ours.close()
        thread.join()


def _accept(context: ssl.SSLContext, end: socket.socket) -> None:
    try:
        with context.wrap_socket(end, server_side=True):
            pass
    except (ssl.SSLError, OSError):
        pass


def test_every_server_is_verified_with_the_one_authority(places: Places) -> None:
    set_up(places, "secrets.example.com")
    trust = places.authority_certificate
    assert served(places.vault_tls, trust, "vault-2") == "TLSv1.3"
    assert served(places.cache, trust, "cache") == "TLSv1.3"
    assert served(places.proxy_tls, trust, "secrets.example.com") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        served(places.cache, trust, "vault")


def test_a_second_run_makes_nothing(places: Places) -> None:
    assert set_up(places, "localhost", seal_key=True)
    before = {file: file.read_bytes() for file in places.root.rglob("*") if file.is_file()}
    assert set_up(places, "localhost", seal_key=True) == []
    assert {file: file.read_bytes() for file in before} == before


def test_only_the_authority_is_readable_by_others(places: Places) -> None:
    set_up(places, "localhost", seal_key=True)
    modes = {
        file.name: file.stat().st_mode & 0o777 for file in places.root.rglob("*") if file.is_file()
    }
    assert modes.pop("ca.crt") == 0o644
    assert set(modes.values()) == {0o600}


def test_another_public_name_gets_another_certificate(places: Places) -> None:
    set_up(places, "localhost")
    assert set_up(places, "new.example.com") == ["certificate of the proxy"]
    assert served(places.proxy_tls, places.authority_certificate, "new.example.com")


@pytest.mark.parametrize(("days", "due"), [(59, True), (61, False)])
def test_a_certificate_is_due_sixty_days_before_its_end(
    tmp_path: Path, days: int, due: bool
) -> None:
    authority = Authority.kept_in(tmp_path)
    signed(authority.certificate.subject, authority.key, days).write(tmp_path)
    assert authority.is_due(tmp_path, NAMES) is due


def test_the_operators_own_certificate_is_left_alone(places: Places) -> None:
    set_up(places, "localhost")
    own = foreign(days=1)
    install_certificate(places, pem(own))
    assert set_up(places, "localhost") == []
    assert (places.proxy_tls / CERTIFICATE).read_bytes() == certificate_pem(own.chain[0])


def test_an_own_certificate_may_come_in_any_order(places: Places) -> None:
    own = foreign()
    install_certificate(places, key_pem(own.key) + certificate_pem(own.chain[0]))
    assert served(places.proxy_tls, places.proxy_tls / CERTIFICATE, "localhost")


def test_what_no_server_could_use_is_refused_and_not_repeated(places: Places) -> None:
    set_up(places, "localhost")
    before = (places.proxy_tls / CERTIFICATE).read_bytes()
    own, other = foreign(), foreign()
    for text in (
        b"",
        b"canary",
        certificate_pem(own.chain[0]),
        key_pem(own.key),
        certificate_pem(own.chain[0]) + key_pem(other.key),
        pem(own) + key_pem(other.key),
        pem(foreign(days=-1)),
    ):
        with pytest.raises(UnusablePair) as refusal:
            install_certificate(places, text)
        assert "PRIVATE" not in str(refusal.value)
        assert "canary" not in str(refusal.value)
        assert refusal.value.__suppress_context__ or not refusal.value.__context__
    assert (places.proxy_tls / CERTIFICATE).read_bytes() == before


def foreign(days: int = 90) -> Pair:
    """A pair that another authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another authority")])
    return signed(subject, key, days, key)


def signed(
    issuer: x509.Name,
    by: ec.EllipticCurvePrivateKey,
    days: int,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Pair:
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("vault"), x509.DNSName("localhost")]
    alternative = [*names, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(
            issuer_name=issuer,
            subject_name=issuer,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=100),
            not_valid_after=now + datetime.timedelta(days=days),
        )
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        .sign(by, hashes.SHA256())
    )
    return Pair((certificate,), key)


def pem(pair: Pair) -> bytes:
    return b"".join(map(certificate_pem, pair.chain)) + key_pem(pair.key)
