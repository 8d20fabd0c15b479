"""A second machine gets what its apps need, and nothing is written for what is no invitation."""

from pathlib import Path

import pytest

from deploy.invitation import UnusableInvitation, accept, invite
from deploy.pair import CERTIFICATE
from deploy.places import Places
from deploy.setup import set_up
from tests.deploy.test_certificates import served


def machine(root: Path) -> Places:
    for name in ("authority", "trust", "vault-tls", "cache", "cache-login", "proxy-tls"):
        (root / name).mkdir(parents=True)
    (root / "credentials").mkdir()
    return Places(root)


@pytest.fixture
def first(tmp_path: Path) -> Places:
    places = machine(tmp_path / "first")
    set_up(places, "localhost")
    (places.credentials / "role-id").write_text("the role id")
    (places.credentials / "secret-id").write_text("the secret id")
    return places


@pytest.fixture
def second(tmp_path: Path) -> Places:
    return machine(tmp_path / "second")


def test_the_second_machine_has_the_same_logins_and_trusts_the_same(
    first: Places, second: Places
) -> None:
    accept(second, invite(first, "second.example.com").encode())
    for place in ("credentials/role-id", "credentials/secret-id", "cache-login/url"):
        assert (second.root / place).read_text() == (first.root / place).read_text()
        assert (second.root / place).stat().st_mode & 0o777 == 0o600
    assert served(second.proxy_tls, second.authority_certificate, "second.example.com")
    assert served(first.vault_tls, second.authority_certificate, "vault")


def test_neither_the_authoritys_key_nor_a_servers_leaves(first: Places) -> None:
    text = invite(first, "second.example.com")
    for file in ("authority/ca.pem", "vault-tls/tls.key", "proxy-tls/tls.key"):
        lines = (first.root / file).read_text().splitlines()
        key = lines[lines.index("-----BEGIN PRIVATE KEY-----") + 1]
        assert key not in text


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"null", b"\xff", b'{"proxy": "x"}'])
def test_what_is_no_invitation_changes_nothing(first: Places, text: bytes) -> None:
    before = (first.proxy_tls / CERTIFICATE).read_bytes()
    with pytest.raises(UnusableInvitation):
        accept(first, text)
    assert (first.proxy_tls / CERTIFICATE).read_bytes() == before
