"""Credentials as thieves see them: each works once, for one team, until it is taken back."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import hvac
import pytest
from limits import parse

from tests.http.answers import data_of, refusal_of
from tests.http.test_logs import lines_of
from tests.rig import Caller, NewStage, Stage, TeamOnStage
from tests.waiting import eventually

WRAP = {"X-Vault-Wrap-TTL": "60"}


@pytest.fixture
def root(stage: Stage) -> hvac.Client:
    vault = stage.service.vault
    return hvac.Client(vault.address, token=vault.root_token)


def issued(team: TeamOnStage) -> dict[str, Any]:
    credentials: dict[str, Any] = data_of(team.stage.operator.post(f"{team.path}/credentials"), 201)
    return credentials


def unwrapped(nobody: Caller, credentials: dict[str, Any]) -> dict[str, Any]:
    """The body of a login."""
    wrapped = {"wrappingToken": credentials["wrappingToken"]}
    secret_id = data_of(nobody.post("/api/auth/unwrap", json=wrapped))["secretId"]
    return {"roleId": credentials["roleId"], "secretId": secret_id}


def test_from_credentials_to_logout(team: TeamOnStage, nobody: Caller) -> None:
    credentials = issued(team)
    assert credentials.keys() == {"roleId", "wrappingToken", "expiresIn"}
    assert 0 < credentials["expiresIn"] <= 24 * 3600
    login = data_of(nobody.post("/api/auth/login", json=unwrapped(nobody, credentials)))
    assert login["teamId"] == team.team_id
    assert login["expiresIn"] > 0
    member = Caller(team.stage.client, login["token"])
    data_of(member.get(team.secret))
    out = member.post("/api/auth/logout")
    assert (out.status_code, out.get_data()) == (204, b"")
    refusal_of(member.get(team.secret), 401, "unauthenticated")
    refusal_of(member.post("/api/auth/logout"), 401, "unauthenticated")


def test_a_used_wrapping_token_is_noticed(team: TeamOnStage, nobody: Caller) -> None:
    credentials = issued(team)
    unwrapped(nobody, credentials)
    wrapped = {"wrappingToken": credentials["wrappingToken"]}
    request_id = uuid4().hex
    answer = nobody.post("/api/auth/unwrap", json=wrapped, headers={"X-Request-ID": request_id})
    refusal_of(answer, 401, "unauthenticated")
    lines = lines_of(team.stage, request_id)
    [line] = [line for line in lines if line["event"] == "wrapping token refused"]
    assert (line["level"], line["address"]) == ("warning", "127.0.0.1")
    assert credentials["wrappingToken"] not in json.dumps(lines)


def test_what_somebody_else_wrapped_is_not_unwrapped(
    team: TeamOnStage, nobody: Caller, root: hvac.Client
) -> None:
    """A swapped token would hand over a secret id of the thief's; and it is left unburnt."""
    team.with_key()
    foreign = [
        root.adapter.post("/v1/sys/wrapping/wrap", json={"secret_id": "mine"}, headers=WRAP),
        root.adapter.post("/v1/auth/approle/role/operator/secret-id", json={}, headers=WRAP),
        root.adapter.get(f"/v1/auth/teams/role/team-{team.team_id}/role-id", headers=WRAP),
        root.adapter.get(f"/v1/teams/data/{team.team_id}/blawby_api", headers=WRAP),
        root.adapter.get(f"/v1/teams/data/{team.team_id}/config", headers=WRAP),
    ]
    for answer in foreign:
        token = answer["wrap_info"]["token"]
        refused = nobody.post("/api/auth/unwrap", json={"wrappingToken": token})
        refusal_of(refused, 401, "unauthenticated")
        assert root.adapter.post("/v1/sys/wrapping/lookup", json={"token": token})["data"]


def test_other_tokens_are_no_wrapping_tokens(nobody: Caller, alice: Caller, stage: Stage) -> None:
    for token in (alice.token, stage.operator.token, "hvs.x", "s.x", "x"):
        answer = nobody.post("/api/auth/unwrap", json={"wrappingToken": token})
        refusal_of(answer, 401, "unauthenticated")
    data_of(alice.get("/api/team-secrets"))


def test_a_wrapping_token_opens_nothing_else(team: TeamOnStage, stage: Stage) -> None:
    thief = Caller(stage.client, issued(team)["wrappingToken"])
    answer = thief.get(team.secret)
    assert answer.status_code in {401, 403}
    assert "secretId" not in answer.get_data(as_text=True)


def test_logins_that_do_not_fit(team: TeamOnStage, rival: TeamOnStage, nobody: Caller) -> None:
    mine, other = unwrapped(nobody, issued(team)), unwrapped(nobody, issued(rival))
    for body in (
        {"roleId": mine["roleId"], "secretId": other["secretId"]},
        {"roleId": mine["roleId"], "secretId": "wrong"},
        {"roleId": "wrong", "secretId": mine["secretId"]},
        {"roleId": f"team-{team.team_id}", "secretId": mine["secretId"]},
        {"roleId": "../../token/create", "secretId": mine["secretId"]},
    ):
        refusal_of(nobody.post("/api/auth/login", json=body), 401, "unauthenticated")
    data_of(nobody.post("/api/auth/login", json=mine))


def test_revoked_secret_ids(team: TeamOnStage, nobody: Caller, operator: Caller) -> None:
    early, unopened = unwrapped(nobody, issued(team)), issued(team)
    data_of(operator.delete(f"{team.path}/credentials"))
    refusal_of(nobody.post("/api/auth/login", json=early), 401, "unauthenticated")
    late = unwrapped(nobody, unopened)
    refusal_of(nobody.post("/api/auth/login", json=late), 401, "unauthenticated")
    data_of(nobody.post("/api/auth/login", json=unwrapped(nobody, issued(team))))


def test_credentials_of_a_team_that_is_not_there(stage: Stage, operator: Caller) -> None:
    gone = stage.team()
    data_of(operator.delete(gone.path))
    for answer in (
        operator.post(f"{gone.path}/credentials"),
        operator.delete(f"{gone.path}/credentials"),
    ):
        refusal_of(answer, 404, "team_not_found")


def test_a_token_that_expires(team: TeamOnStage, stage: Stage, root: hvac.Client) -> None:
    path = f"/v1/auth/teams/role/team-{team.team_id}"
    role_id = root.adapter.get(f"{path}/role-id")["data"]["role_id"]
    secret_id = root.adapter.post(f"{path}/secret-id", json={})["data"]["secret_id"]
    root.adapter.post(path, json={"token_ttl": "1s", "token_max_ttl": "1s"})
    body = {"roleId": role_id, "secretId": secret_id}
    login = data_of(stage.nobody.post("/api/auth/login", json=body))
    assert login["expiresIn"] == 1
    member = Caller(stage.client, login["token"])
    eventually(lambda: member.get(team.secret).status_code != 200)
    refusal_of(member.get(team.secret), 401, "unauthenticated")


def test_revoked_at_vault_is_refused_by_every_worker(
    workers: tuple[Stage, Stage], root: hvac.Client
) -> None:
    team = workers[0].team()
    token = team.member().token
    everywhere = [Caller(worker.client, token) for worker in workers]
    for caller in everywhere:
        data_of(caller.get(team.secret))
    root.revoke_token(token)
    for caller in everywhere:
        refusal_of(caller.get(team.secret), 401, "unauthenticated")


def test_logins_are_counted_by_address_and_role(new_stage: NewStage) -> None:
    stage = new_stage(login_rate_limit=parse("3/hour"), trusted_proxies=1)

    def attempt(role: str, address: str) -> Any:
        body = {"roleId": role, "secretId": "wrong"}
        headers = {"X-Forwarded-For": address}
        return stage.nobody.post("/api/auth/login", json=body, headers=headers)

    for _ in range(3):
        refusal_of(attempt("role-a", "192.0.2.1"), 401, "unauthenticated")
    blocked = attempt("role-a", "192.0.2.1")
    refusal_of(blocked, 429, "rate_limited")
    assert int(blocked.headers["Retry-After"]) > 0
    refusal_of(attempt("role-b", "192.0.2.1"), 401, "unauthenticated")
    refusal_of(attempt("role-a", "192.0.2.2"), 401, "unauthenticated")


def test_logins_are_counted_over_all_workers(new_stage: NewStage, tmp_path: Path) -> None:
    workers = [new_stage(tmp_path, login_rate_limit=parse("3/hour")) for _ in range(2)]
    body = {"roleId": "role", "secretId": "wrong"}
    statuses = [
        workers[n % 2].nobody.post("/api/auth/login", json=body).status_code for n in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]


def test_an_address_cannot_be_made_up(new_stage: NewStage) -> None:
    stage = new_stage(login_rate_limit=parse("3/hour"))
    statuses = [
        stage.nobody.post(
            "/api/auth/login",
            json={"roleId": "role", "secretId": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{n}"},
        ).status_code
        for n in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]


def test_unwrapping_is_counted_too(new_stage: NewStage) -> None:
    stage = new_stage(login_rate_limit=parse("3/hour"))
    body = {"wrappingToken": "hvs.guessed"}
    statuses = [stage.nobody.post("/api/auth/unwrap", json=body).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer a b",
        "Bearer \u00e9",
        "Bearer x, Bearer y",
        f"Bearer {'x' * 4000}",
        "Token {token}",
        "{token}",
        "Bearer {token} ",
        "Bearer\t{token}",
        "Bearer {token},{token}",
    ],
)
def test_odd_authorization_headers(
    team: TeamOnStage, nobody: Caller, operator: Caller, header: str
) -> None:
    value = header.format(token=operator.token)
    answer = nobody.get(team.secret, headers={"Authorization": value})
    refusal_of(answer, 401, "unauthenticated")


def test_a_token_is_taken_from_nowhere_else(
    team: TeamOnStage, nobody: Caller, operator: Caller
) -> None:
    token = operator.token or ""
    nobody_with = (
        nobody.get(f"{team.secret}?token={token}&access_token={token}"),
        nobody.get(team.secret, headers={"X-Vault-Token": token, "X-Api-Key": token}),
        nobody.get(team.secret, headers={"Cookie": f"token={token}; vault_token={token}"}),
    )
    for answer in nobody_with:
        refusal_of(answer, 401, "unauthenticated")
