"""What is no team id goes no further than the app's edge: Vault's audit log does not grow."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.attack.ids import RAW, TEXTS, VALID
from tests.attack.raw import ask
from tests.attack.walk import routes
from tests.faults.gunicorn import Gunicorn
from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, Stage, TeamOnStage
from vault.embedded import EmbeddedVault


def lines(vault: EmbeddedVault) -> int:
    """How many requests Vault has been asked, and answers that it gave."""
    with Path(vault.audit_log).open("rb") as log:
        return sum(1 for _ in log)


def test_forty_are_tried() -> None:
    assert len(set(RAW)) == len(RAW) >= 40
    assert len(set(TEXTS)) == len(TEXTS) >= 40


def test_in_the_path_byte_for_byte(stage: Stage, vault: EmbeddedVault, gunicorn: Gunicorn) -> None:
    token = stage.operator.token or ""
    targets = [route for route in routes(stage.app) if route.names_a_team]
    before = lines(vault)
    statuses = {
        (route.title, bad): ask(gunicorn, route.method, route.path(bad), token, b"{}")[0]
        for route in targets
        for bad in RAW
    }
    assert len(statuses) == len(targets) * len(RAW)
    assert {asked: s for asked, s in statuses.items() if s not in {400, 404, 405}} == {}
    assert lines(vault) == before


def test_none_of_it_is_repeated(stage: Stage, gunicorn: Gunicorn) -> None:
    for bad in RAW:
        target = f"/api/team-secrets/{bad}-not-to-be-repeated"
        assert b"not-to-be-repeated" not in ask(gunicorn, "GET", target, "none")[1]


@pytest.mark.parametrize("path", ["/api/teams", "/api/team-secrets"])
def test_as_a_cursor(operator: Caller, vault: EmbeddedVault, gunicorn: Gunicorn, path: str) -> None:
    before = lines(vault)
    for bad in filter(None, TEXTS):  # an empty cursor is none
        refusal_of(operator.get(f"{path}?after={quote(bad)}"), 400, "validation_failed")
    statuses = {b: ask(gunicorn, "GET", f"{path}?after={b}", operator.token or "")[0] for b in RAW}
    assert set(statuses.values()) == {400}, statuses
    assert lines(vault) == before


def test_at_the_agent(nobody: Caller, vault: EmbeddedVault) -> None:
    before = lines(vault)
    messages = [{"role": "user", "content": "Hello"}]
    for bad in [*TEXTS, None, 1, True, [], {}, [VALID], {"id": VALID}]:
        body = json.dumps({"teamId": bad, "messages": messages})
        answer = nobody.post("/api/agent", data=body, content_type="application/json")
        refusal_of(answer, 400, "validation_failed")
    assert lines(vault) == before


@pytest.mark.parametrize("field", ["teamUlid"])
def test_as_blawbys_id(team: TeamOnStage, operator: Caller, field: str) -> None:
    for bad in [*TEXTS, None, 1, True, []]:
        body = json.dumps(team.new_key() | {field: bad})
        answer = operator.put(team.secret, data=body, content_type="application/json")
        assert refusal_of(answer, 400, "validation_failed")["details"].keys() == {field}
    assert data_of(operator.get(team.secret))["hasSecret"] is False


def test_either_case_is_one_team(team: TeamOnStage, operator: Caller) -> None:
    upper = team.team_id.upper()
    mixed = upper[:13] + team.team_id[13:]
    data_of(operator.post(f"/api/team-secrets/{upper}", json=team.new_key()), 201)
    for spelled in (team.team_id, upper, mixed):
        status = data_of(operator.get(f"/api/team-secrets/{spelled}"))
        assert (status["teamId"], status["version"]) == (team.team_id, 1)
    assert team.member().get(f"/api/team-secrets/{mixed}").status_code == 200
