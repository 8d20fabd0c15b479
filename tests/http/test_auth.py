"""Login, unwrapping and logout over HTTP: Vault's AppRole, passed on."""

from typing import Any

import hvac
import pytest
from limits import parse

from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, NewStage, Stage, TeamOnStage
from vault.embedded import EmbeddedVault

INVALID = "validation_failed"
# Vault would take each for the role "r".
OTHER_SPELLINGS = (
    " r",
    "r ",
    "\tr",
    "r\n",
    "r\r",
    "\vr",
    "r\f",
    "\x85r",
    "r\xa0",
    "r\u2003",
    "r\0",
)


def credentials_of(team: TeamOnStage) -> dict[str, str]:
    """What a member logs in with."""
    issued = data_of(team.stage.operator.post(f"{team.path}/credentials"), 201)
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    unwrapped = data_of(team.stage.nobody.post("/api/auth/unwrap", json=wrapped))
    return {"roleId": issued["roleId"], "secretId": unwrapped["secretId"]}


def test_login_gives_a_token_of_the_team(team: TeamOnStage, nobody: Caller) -> None:
    told = data_of(nobody.post("/api/auth/login", json=credentials_of(team)))
    assert told.keys() == {"token", "expiresIn", "teamId"}
    assert (told["teamId"], told["expiresIn"]) == (team.team_id, 3600)
    member = Caller(team.stage.client, told["token"])
    assert data_of(member.get(team.path))["teamId"] == team.team_id


def test_an_operator_logs_in_without_a_team(stage: Stage, vault: EmbeddedVault) -> None:
    root = hvac.Client(vault.address, token=vault.root_token)
    role = root.auth.approle.read_role_id("operator")["data"]["role_id"]
    secret = root.auth.approle.generate_secret_id("operator")["data"]["secret_id"]
    told = data_of(stage.nobody.post("/api/auth/login", json={"roleId": role, "secretId": secret}))
    assert told["teamId"] is None
    data_of(Caller(stage.client, told["token"]).get("/api/teams"))


@pytest.mark.parametrize("wrong", [{"roleId": "x"}, {"secretId": "x"}])
def test_a_wrong_login_is_refused(team: TeamOnStage, nobody: Caller, wrong: dict[str, str]) -> None:
    answer = nobody.post("/api/auth/login", json=credentials_of(team) | wrong)
    refusal_of(answer, 401, "unauthenticated")


def test_vault_knows_a_role_id_by_its_exact_letters(team: TeamOnStage, nobody: Caller) -> None:
    """Otherwise each case of a letter would be a budget of its own."""
    credentials = credentials_of(team)
    changed = credentials | {"roleId": credentials["roleId"].upper()}
    assert changed != credentials
    refusal_of(nobody.post("/api/auth/login", json=changed), 401, "unauthenticated")
    data_of(nobody.post("/api/auth/login", json=credentials))


def test_one_teams_secret_id_opens_no_other_team(
    team: TeamOnStage, acme: TeamOnStage, nobody: Caller
) -> None:
    mixed = credentials_of(team) | {"roleId": credentials_of(acme)["roleId"]}
    refusal_of(nobody.post("/api/auth/login", json=mixed), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("login", {}, {"roleId", "secretId"}),
        ("login", {"roleId": "", "secretId": "s"}, {"roleId"}),
        ("login", {"roleId": "r", "secretId": "two words"}, {"secretId"}),
        *(("login", {"roleId": text, "secretId": "s"}, {"roleId"}) for text in OTHER_SPELLINGS),
        ("login", {"roleId": ["r"], "secretId": {"s": 1}}, {"roleId", "secretId"}),
        ("login", {"roleId": "r" * 513, "secretId": "s" * 2049}, {"roleId", "secretId"}),
        ("unwrap", {}, {"wrappingToken"}),
        ("unwrap", {"wrappingToken": ""}, {"wrappingToken"}),
        ("unwrap", {"wrappingToken": "a\nb"}, {"wrappingToken"}),
    ],
)
def test_what_is_no_credential_is_refused_before_vault(
    away: Stage, path: str, body: dict[str, Any], fields: set[str]
) -> None:
    answer = away.nobody.post(f"/api/auth/{path}", json=body)
    assert refusal_of(answer, 400, INVALID)["details"].keys() == fields


def test_a_wrapping_token_is_good_once(team: TeamOnStage, nobody: Caller) -> None:
    issued = data_of(team.stage.operator.post(f"{team.path}/credentials"), 201)
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    assert data_of(nobody.post("/api/auth/unwrap", json=wrapped)).keys() == {"secretId"}
    refusal_of(nobody.post("/api/auth/unwrap", json=wrapped), 401, "unauthenticated")


@pytest.mark.parametrize("wrong", ["x", "s.aaaaaaaaaaaaaaaaaaaaaaaa", "../../sys/health"])
def test_what_is_no_wrapping_token_is_refused(nobody: Caller, wrong: str) -> None:
    answer = nobody.post("/api/auth/unwrap", json={"wrappingToken": wrong})
    refusal_of(answer, 401, "unauthenticated")


def test_a_token_that_wraps_something_else_is_not_unwrapped(
    nobody: Caller, vault: EmbeddedVault
) -> None:
    root = hvac.Client(vault.address, token=vault.root_token)
    data = {"secret_id": "planted"}
    wrapped = root.write_data("sys/wrapping/wrap", data=data, wrap_ttl="60s")
    body = {"wrappingToken": wrapped["wrap_info"]["token"]}
    refusal_of(nobody.post("/api/auth/unwrap", json=body), 401, "unauthenticated")


def test_a_login_token_is_not_a_wrapping_token(team: TeamOnStage, nobody: Caller) -> None:
    """And it still works afterwards: nobody can be logged out that way."""
    member = team.member()
    answer = nobody.post("/api/auth/unwrap", json={"wrappingToken": member.token})
    refusal_of(answer, 401, "unauthenticated")
    data_of(member.get(team.path))


def test_logout_revokes_the_token_on_every_worker(team: TeamOnStage, new_stage: NewStage) -> None:
    member = team.member()
    elsewhere = Caller(new_stage(team.stage.cache_dir).client, member.token)
    data_of(elsewhere.get(team.path))
    answer = member.post("/api/auth/logout")
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert answer.headers["X-Request-ID"]
    refusal_of(member.get(team.path), 401, "unauthenticated")
    refusal_of(elsewhere.get(team.path), 401, "unauthenticated")
    refusal_of(member.post("/api/auth/logout"), 401, "unauthenticated")


def test_a_batch_token_cannot_be_logged_out(stage: Stage, vault: EmbeddedVault) -> None:
    root = hvac.Client(vault.address, token=vault.root_token)
    token = root.auth.token.create(policies=["team-member"], type="batch", ttl="60s")
    caller = Caller(stage.client, token["auth"]["client_token"])
    refusal_of(caller.post("/api/auth/logout"), 400, INVALID)


def test_vault_away_is_said(away: Stage) -> None:
    body = {"roleId": "r", "secretId": "s"}
    refusal_of(away.nobody.post("/api/auth/login", json=body), 503, "vault_unavailable")
    unwrap = {"wrappingToken": "w"}
    refusal_of(away.nobody.post("/api/auth/unwrap", json=unwrap), 503, "vault_unavailable")
    refusal_of(away.operator.post("/api/auth/logout"), 503, "vault_unavailable")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "token",
        "Bearer a b",
        "Bearer \xff",
        "Bearer garbage",
    ],
)
def test_whoever_brings_no_token_is_nobody(
    team: TeamOnStage, nobody: Caller, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    for method, path in (("GET", team.path), ("GET", team.secret), ("POST", "/api/auth/logout")):
        refusal_of(nobody.request(method, path, headers=headers), 401, "unauthenticated")


def test_the_scheme_is_written_in_any_case(team: TeamOnStage) -> None:
    member = team.member()
    headers = {"Authorization": f"bearer  {member.token}"}
    data_of(team.stage.nobody.get(team.path, headers=headers))


def test_logins_are_counted_for_each_role(new_stage: NewStage) -> None:
    stage = new_stage(login_rate_limit=parse("2/hour"))
    guesses = [{"roleId": "one", "secretId": str(number)} for number in range(3)]
    statuses = [stage.nobody.post("/api/auth/login", json=body).status_code for body in guesses]
    assert statuses == [401, 401, 429]
    answer = stage.nobody.post("/api/auth/login", json=guesses[0])
    refusal_of(answer, 429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 3601
    another = {"roleId": "two", "secretId": "x"}
    refusal_of(stage.nobody.post("/api/auth/login", json=another), 401, "unauthenticated")


def test_unwrapping_is_counted(new_stage: NewStage) -> None:
    stage = new_stage(login_rate_limit=parse("2/hour"))
    body = {"wrappingToken": "guess"}
    statuses = [stage.nobody.post("/api/auth/unwrap", json=body).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_member_lets_its_token_live_longer(team: TeamOnStage) -> None:
    told = data_of(team.member().post("/api/auth/renew"))
    assert told.keys() == {"expiresIn"}
    assert 3590 <= told["expiresIn"] <= 3600


def test_an_operator_does_too(operator: Caller) -> None:
    assert data_of(operator.post("/api/auth/renew"))["expiresIn"] > 3600


@pytest.mark.parametrize("kind", [{"type": "batch", "ttl": "60s"}, {"renewable": False}])
def test_a_token_that_cannot_be_renewed(
    stage: Stage, vault: EmbeddedVault, kind: dict[str, Any]
) -> None:
    root = hvac.Client(vault.address, token=vault.root_token)
    token = root.auth.token.create(policies=["team-member"], **kind)
    caller = Caller(stage.client, token["auth"]["client_token"])
    refusal_of(caller.post("/api/auth/renew"), 400, INVALID)


def test_renewal_needs_a_good_token(nobody: Caller, stage: Stage) -> None:
    refusal_of(nobody.post("/api/auth/renew"), 401, "unauthenticated")
    garbage = Caller(stage.client, "hvs.garbage-garbage-garbage")
    refusal_of(garbage.post("/api/auth/renew"), 401, "unauthenticated")


def test_a_401_says_how_to_authenticate(nobody: Caller) -> None:
    for answer in (nobody.get("/api/teams"), nobody.post("/api/auth/logout")):
        refusal_of(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in nobody.get("/healthz").headers
