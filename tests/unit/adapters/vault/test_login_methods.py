"""What each login method sends, and what it makes of Vault's answer."""

import math
import time
from pathlib import Path

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.login_methods import (
    AppRoleLogin,
    CredentialFile,
    JwtLogin,
    Lease,
    LoginMethod,
    LoginRefused,
    NoLogin,
    TokenFileLogin,
)
from app.domain.secret import SecretString
from app.errors import VaultUnavailable
from tests.scripted_server import Answer, ScriptedServer, found, logged_in

REFUSALS: list[Answer] = [
    (400, {"errors": ["no"]}),
    (403, {"errors": ["permission denied"]}),
    (404, {"errors": []}),
]


@pytest.fixture
def addresses(server: ScriptedServer) -> VaultAddresses:
    return VaultAddresses((server.url,), 20.0, None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "credential"
    file.write_text("a-credential\n")
    return file


def approle() -> AppRoleLogin:
    return AppRoleLogin("the-role", SecretString("the-secret-id"))


def test_a_lease_is_used_by_a_share() -> None:
    lease = Lease(SecretString("t"), time.monotonic() - 50.0, 100.0)
    assert (lease.used(0.4), lease.used(0.5), lease.used(0.6)) == (True, True, False)
    assert not Lease(SecretString("t"), 0.0, math.inf).used(0.5)


@pytest.mark.parametrize("sort", ["approle", "jwt"])
def test_a_login_sends_its_credential_and_gets_a_lease(
    server: ScriptedServer, addresses: VaultAddresses, file: Path, sort: str
) -> None:
    server.script = lambda _: logged_in("the-token", 77)
    method: LoginMethod = approle() if sort == "approle" else JwtLogin("the-role", file)
    began = time.monotonic()
    lease = method.log_in(addresses, "tenant")
    assert (lease.token, lease.seconds) == (SecretString("the-token"), 77.0)
    assert began <= lease.began <= time.monotonic()
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", f"/v1/auth/{sort}/login")
    credential = {"secret_id": "the-secret-id"} if sort == "approle" else {"jwt": "a-credential"}
    role = "role_id" if sort == "approle" else "role"
    assert seen.document == credential | {role: "the-role"}
    assert seen.headers["x-vault-namespace"] == "tenant"
    assert "x-vault-token" not in seen.headers


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        ((400, {"errors": ["no"]}), "refused", "is VAULT_SECRET_ID used up or wrong?"),
        ((404, {"errors": []}), "refused", "is VAULT_SECRET_ID used up or wrong?"),
        ((403, {"errors": ["permission denied"]}), "locked", "switches user lockout off"),
    ],
)
def test_a_refused_approle(
    server: ScriptedServer, addresses: VaultAddresses, answer: Answer, outcome: str, why: str
) -> None:
    server.script = lambda _: answer
    with pytest.raises(LoginRefused) as refused:
        approle().log_in(addresses, None)
    assert refused.value.outcome == outcome
    assert why in refused.value.why


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.parametrize("sort", ["jwt", "token"])
def test_a_refused_file(
    server: ScriptedServer, addresses: VaultAddresses, file: Path, sort: str, answer: Answer
) -> None:
    server.script = lambda _: answer
    method: LoginMethod = JwtLogin("r", file) if sort == "jwt" else TokenFileLogin(file)
    with pytest.raises(LoginRefused) as refused:
        method.log_in(addresses, None)
    assert refused.value.outcome == "refused"
    assert ("VAULT_JWT_ROLE" if sort == "jwt" else "VAULT_TOKEN_FILE") in refused.value.why


def test_a_vault_that_does_not_answer_is_no_refusal(
    server: ScriptedServer, addresses: VaultAddresses, file: Path
) -> None:
    server.script = lambda _: (503, b"")
    methods: list[LoginMethod] = [approle(), JwtLogin("r", file), TokenFileLogin(file)]
    for method in methods:
        with pytest.raises(VaultUnavailable):
            method.log_in(addresses, None)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (found(expire_time="2031-01-01T00:00:00Z", ttl=90), 90.0),
        (found(expire_time=None, ttl=0), math.inf),
        (found(ttl=0), math.inf),
    ],
)
def test_a_kept_token_lives_as_long_as_vault_says(
    server: ScriptedServer, addresses: VaultAddresses, file: Path, told: Answer, seconds: float
) -> None:
    server.script = lambda _: told
    began = time.monotonic()
    lease = TokenFileLogin(file).log_in(addresses, "tenant")
    assert (lease.token, lease.seconds) == (SecretString("a-credential"), seconds)
    assert began <= lease.began <= time.monotonic()
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", "/v1/auth/token/lookup-self")
    assert seen.headers["x-vault-token"] == "a-credential"
    assert seen.headers["x-vault-namespace"] == "tenant"


def test_without_a_login_it_says_what_to_set(addresses: VaultAddresses) -> None:
    with pytest.raises(VaultUnavailable, match="VAULT_ROLE_ID"):
        NoLogin().log_in(addresses, None)


def test_what_cannot_change_has_not_changed() -> None:
    assert not NoLogin().has_changed()
    assert not approle().has_changed()


@pytest.mark.parametrize("sort", ["jwt", "token"])
def test_a_replaced_file_is_a_change_until_it_is_read(
    server: ScriptedServer, addresses: VaultAddresses, file: Path, sort: str
) -> None:
    server.script = lambda seen: (
        logged_in("t", 9) if seen.path.endswith("/login") else found(expire_time=None)
    )
    method: LoginMethod = JwtLogin("r", file) if sort == "jwt" else TokenFileLogin(file)
    assert method.has_changed()
    method.log_in(addresses, None)
    assert not method.has_changed()
    file.write_text("a-longer-credential\n")
    assert method.has_changed()
    method.log_in(addresses, None)
    assert not method.has_changed()
    file.unlink()
    assert not method.has_changed()


@pytest.mark.parametrize("text", ["", " \n", "two\nlines", "a\ttab", "\N{SNOWMAN}"])
def test_a_file_without_one_line_of_text(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LoginRefused, match="VAULT_X") as refused:
        CredentialFile("VAULT_X", file).read()
    assert refused.value.outcome == "refused"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LoginRefused, match="VAULT_X cannot be read") as refused:
        CredentialFile("VAULT_X", tmp_path / "nothing").read()
    assert refused.value.outcome == "refused"


def test_of_a_long_file_the_first_64_kilobytes_are_read(file: Path) -> None:
    file.write_text("x" * 65_537)
    assert len(CredentialFile("VAULT_X", file).read().reveal()) == 65_536
