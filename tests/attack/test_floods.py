"""Row 55: an anonymous client makes Vault work within bounds alone (attack 12, 27)."""

from collections.abc import Callable
from typing import Any

import hvac
import pytest
from limits import parse

from tests.attack.walk import Callers
from tests.faults.audit_log import AuditLog
from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, NewStage, Service, Stage, TeamOnStage, new_ulid

_BUDGET = 60
_FLOOD = 150
_A_TURN = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def audit(service: Service) -> AuditLog:
    return AuditLog(service.vault.audit_log)


@pytest.fixture
def limited(new_stage: NewStage) -> Stage:
    return new_stage(address_rate_limit=parse(f"{_BUDGET}/hour"))


def asks_for(name: Callable[[int], str]) -> Callable[[Caller, int], int]:
    def ask(nobody: Caller, number: int) -> int:
        body = {"teamId": name(number), "messages": _A_TURN}
        return nobody.post("/api/agent", json=body).status_code

    return ask


def logs_in(nobody: Caller, number: int) -> int:
    body = {"roleId": f"invented-{number}", "secretId": "x"}
    return nobody.post("/api/auth/login", json=body).status_code


def unwraps(nobody: Caller, number: int) -> int:
    body = {"wrappingToken": f"s.invented{number:016}"}
    return nobody.post("/api/auth/unwrap", json=body).status_code


def brings(method: str, path: str) -> Callable[[Caller, int], int]:
    def bring(nobody: Caller, number: int) -> int:
        token = {"Authorization": f"Bearer s.invented{number:016}"}
        return nobody.request(method, path, headers=token).status_code

    return bring


@pytest.mark.parametrize(
    ("ask", "in_vain"),
    [
        pytest.param(asks_for(lambda number: f"invented-{number}"), 404, id="slugs"),
        pytest.param(asks_for(lambda _: new_ulid()), 404, id="ids"),
        pytest.param(logs_in, 401, id="roles"),
        pytest.param(unwraps, 401, id="wrapping tokens"),
        pytest.param(brings("GET", "/api/teams"), 401, id="tokens"),
        pytest.param(brings("GET", "/api/team-secrets/" + "0" * 26), 401, id="tokens on a team"),
        pytest.param(brings("POST", "/api/auth/logout"), 401, id="logouts"),
    ],
)
def test_what_is_invented_costs_vault_little(
    limited: Stage, audit: AuditLog, ask: Callable[[Caller, int], int], in_vain: int
) -> None:
    limited.team().ask("Hello")
    before = len(audit.requests(""))
    statuses = [ask(limited.nobody, number) for number in range(_FLOOD)]
    assert set(statuses) == {in_vain, 429}
    # Each costs ten of the budget, and up to three lines.
    assert statuses.count(in_vain) <= _BUDGET // 10 + 1
    assert len(audit.requests("")) - before <= 3 * (_BUDGET // 10 + 1)


@pytest.mark.parametrize(
    ("ask", "calls"),
    [
        (asks_for(lambda _: "the-same-invented-slug"), 1),
        (asks_for(lambda _: "7" * 26), 1),
        (lambda nobody, _: brings("GET", "/api/teams")(nobody, 1), 3),
    ],
)
def test_the_same_again_is_remembered(
    new_stage: NewStage, audit: AuditLog, ask: Callable[[Caller, int], int], calls: int
) -> None:
    stage = new_stage()
    stage.team().ask("Hello")
    before = len(audit.requests(""))
    assert {ask(stage.nobody, number) for number in range(20)} <= {401, 404}
    assert 0 < len(audit.requests("")) - before <= calls


def test_all_teams_share_an_addresss_budget(limited: Stage) -> None:
    teams = [limited.team() for _ in range(3)]
    statuses = [teams[number % 3].ask("Hello").status_code for number in range(_BUDGET + 6)]
    assert statuses == [200] * _BUDGET + [429] * 6


def test_a_teams_slug_and_id_share_a_budget(new_stage: NewStage) -> None:
    stage = new_stage(agent_rate_limit=parse("4/hour"))
    team = stage.team()
    names = [team.slug, team.team_id, team.team_id.upper()] * 2
    statuses = [team.ask("Hello", teamId=name).status_code for name in names]
    assert statuses == [200] * 4 + [429] * 2


def test_an_unknown_team_is_known_as_soon_as_it_is_registered(new_stage: NewStage) -> None:
    stage = new_stage()
    team_id, slug = new_ulid(), f"slug-{new_ulid()}"
    for name in (team_id, slug):
        body = {"teamId": name, "messages": _A_TURN}
        refusal_of(stage.nobody.post("/api/agent", json=body), 404, "team_not_found")
    team = stage.team(team_id=team_id, slug=slug)
    for name in (team_id, slug):
        data_of(team.ask("Hello", teamId=name))


def test_good_tokens_get_through_a_flood_of_bad_ones(limited: Stage) -> None:
    team = limited.team()
    member = team.member()
    bring = brings("GET", "/api/teams")
    assert 429 in {bring(limited.nobody, number) for number in range(_FLOOD)}
    data_of(limited.operator.get("/api/teams"))
    data_of(member.get(team.path))


def test_probes_have_no_limit(limited: Stage) -> None:
    for path in ("/healthz", "/readyz"):
        statuses = {limited.nobody.get(path).status_code for _ in range(_BUDGET + 10)}
        assert statuses == {200}


def test_a_wrapping_token_sent_as_a_bearer_is_not_used_up(team: TeamOnStage, stage: Stage) -> None:
    issued = data_of(stage.operator.post(f"{team.path}/credentials"), 201)
    mistaken = Caller(stage.client, issued["wrappingToken"])
    for answer in (
        mistaken.get(team.secret),
        mistaken.get("/api/teams"),
        mistaken.post("/api/auth/logout"),
    ):
        refusal_of(answer, 401, "unauthenticated")
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    data_of(stage.nobody.post("/api/auth/unwrap", json=wrapped))


def test_a_token_that_may_not_be_looked_up_is_not_taken_for_unknown(
    stage: Stage, acme: TeamOnStage, callers: Callers, vault: Any
) -> None:
    """It is refused where it may do nothing, and still does what it may."""
    root = hvac.Client(vault.address, token=vault.root_token)
    path = f"teams/data/{acme.team_id}/config"
    rights = f'path "{path}" {{ capabilities = ["read"] }}'
    root.sys.create_or_update_acl_policy("reader-of-one", rights)
    token = root.auth.token.create(policies=["reader-of-one"], no_default_policy=True)
    reader = Caller(stage.client, token["auth"]["client_token"])
    refusal_of(reader.get("/api/teams"), 401, "unauthenticated")
    assert data_of(reader.get(acme.path))["teamId"] == acme.team_id
