"""A wrapping token gives its secret id once, and only one that wraps a secret id."""

import secrets

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.login_methods import AppRoleLogin, LoginRefused
from app.adapters.vault.logins import VaultLogins
from app.adapters.vault.unwrap import WrappingRefused, unwrapped
from app.domain.secret import SecretString
from app.errors import Unauthenticated
from tests.scripted_server import Answer, ScriptedServer, Seen, found, logged_in

LOOKUP, UNWRAP = "/v1/sys/wrapping/lookup", "/v1/sys/wrapping/unwrap"
REFUSALS: list[Answer] = [
    (400, {"errors": ["wrapping token is not valid or does not exist"]}),
    (403, {"errors": ["permission denied"]}),
    (404, {"errors": []}),
]
SERVICES = "auth/approle/role/service/secret-id"
TEAMS = "auth/teams/role/team-01arz3ndektsv4rrffq69g5fav/secret-id"


@pytest.fixture
def addresses(server: ScriptedServer) -> VaultAddresses:
    return VaultAddresses((server.url,), 20.0, None)


def new_token(prefix: str = "hvs.") -> SecretString:
    return SecretString(f"{prefix}{secrets.token_hex(12)}")


class Wrapping:
    """Vault's answers to a lookup, an unwrapping and a login. `instead`: to a path of these."""

    def __init__(self, creation_path: str, instead: dict[str, Answer] | None = None) -> None:
        self._answers: dict[str, Answer] = {
            LOOKUP: found(creation_path=creation_path),
            UNWRAP: found(secret_id="the-secret-id"),
            "/v1/auth/approle/login": logged_in("t", 9),
            "/v1/auth/token/lookup-self": (403, {"errors": ["permission denied"]}),
        } | (instead or {})

    def __call__(self, seen: Seen) -> Answer:
        return self._answers[seen.path]


@pytest.mark.parametrize("prefix", ["hvs.", "s."])
@pytest.mark.parametrize(
    "path", [SERVICES, "auth/other/role/x/custom-secret-id", "auth/a/role/b/secret-id"]
)
def test_a_wrapping_token_is_used_once_for_all_logins(
    server: ScriptedServer, addresses: VaultAddresses, prefix: str, path: str
) -> None:
    server.script = Wrapping(path)
    token = new_token(prefix)
    for _ in range(2):
        AppRoleLogin("the-role", token).log_in(addresses, "tenant")
    lookup, unwrap, *logins = server.seen
    assert (lookup.path, lookup.document) == (LOOKUP, {"token": token.reveal()})
    assert "x-vault-token" not in lookup.headers
    assert (unwrap.path, unwrap.headers["x-vault-token"]) == (UNWRAP, token.reveal())
    assert {seen.headers["x-vault-namespace"] for seen in server.seen} == {"tenant"}
    assert [one.document["secret_id"] for one in logins] == ["the-secret-id"] * 2


@pytest.mark.parametrize(
    "given",
    ["0b43ac2c-3d59-4cb5-bf18-7a0c3d6f4be2", "hvs.tooshort", "xs.0123456789abcdef0123", "s."],
)
def test_what_is_no_wrapping_token_is_the_secret_id_itself(
    server: ScriptedServer, addresses: VaultAddresses, given: str
) -> None:
    assert unwrapped(SecretString(given), addresses) == SecretString(given)
    assert not server.seen


@pytest.mark.parametrize("length", [15, 16])
def test_a_wrapping_token_has_16_characters_at_least(
    server: ScriptedServer, addresses: VaultAddresses, length: int
) -> None:
    server.script = Wrapping(SERVICES)
    given = SecretString("hvs." + secrets.token_hex(8)[:length])
    assert (unwrapped(given, addresses) == given) is (length == 15)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "auth/approle/login",
        f"x{SERVICES}",
        f"{SERVICES}/x",
        "sys/wrapping/wrap",
        "auth/a/b/role/c/secret-id",
    ],
)
def test_what_wraps_something_else_is_refused_and_not_unwrapped(
    server: ScriptedServer, addresses: VaultAddresses, path: str
) -> None:
    server.script = Wrapping(path)
    with pytest.raises(WrappingRefused):
        unwrapped(new_token(), addresses)
    assert server.paths() == [LOOKUP]


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.parametrize("path", [LOOKUP, UNWRAP])
def test_a_used_wrapping_token_is_a_refused_login(
    server: ScriptedServer, addresses: VaultAddresses, path: str, answer: Answer
) -> None:
    server.script = Wrapping(SERVICES, {path: answer})
    with pytest.raises(LoginRefused) as refused:
        AppRoleLogin("the-role", new_token()).log_in(addresses, None)
    assert refused.value.outcome == "refused"


# --- A team's, over the API


def test_a_teams_secret_id_is_unwrapped(server: ScriptedServer, addresses: VaultAddresses) -> None:
    server.script = Wrapping(TEAMS)
    token = new_token()
    assert VaultLogins(addresses, "r", "tenant").unwrap(token) == SecretString("the-secret-id")
    lookup, unwrap = server.seen
    assert (lookup.path, lookup.document) == (LOOKUP, {"token": token.reveal()})
    assert (unwrap.path, unwrap.headers["x-vault-token"]) == (UNWRAP, token.reveal())


@pytest.mark.parametrize(
    "path", [SERVICES, f"x{TEAMS}", f"{TEAMS}/x", "auth/teams/role/other/secret-id"]
)
def test_what_no_team_wrapped_is_refused(
    server: ScriptedServer, addresses: VaultAddresses, path: str
) -> None:
    server.script = Wrapping(path)
    with pytest.raises(Unauthenticated, match="wrapping token"):
        VaultLogins(addresses, "r").unwrap(new_token())
    assert server.paths() == [LOOKUP]


@pytest.mark.parametrize("answer", REFUSALS)
def test_whether_it_is_a_wrapping_token(
    server: ScriptedServer, addresses: VaultAddresses, answer: Answer
) -> None:
    logins, token = VaultLogins(addresses, "r"), new_token()
    server.script = Wrapping(TEAMS)
    assert logins.is_wrapping_token(token)
    assert server.seen[0].document == {"token": token.reveal()}
    server.script = Wrapping(TEAMS, {LOOKUP: answer})
    assert not logins.is_wrapping_token(token)
