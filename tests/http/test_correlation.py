"""One id finds a request in our log, in Vault's audit log and at Blawby."""

from uuid import uuid4

import pytest

from tests.faults.audit_log import written
from tests.http.test_logs import lines_of
from tests.rig import COMPLETE, Sandbox, Stage, TeamOnStage

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def finish(team: TeamOnStage, **headers: str) -> None:
    messages = [{"role": "user", "content": COMPLETE}]
    body = {"teamId": team.team_id, "messages": messages, "sessionId": uuid4().hex}
    answer = team.stage.nobody.post("/api/agent", json=body, headers=headers)
    assert answer.json["data"]["payment"]["method"] == "blawby_api"


def vault_paths(stage: Stage, request_id: str) -> set[str]:
    """What Vault was asked for on behalf of a request."""
    asked = [entry["request"] for entry in written(stage.service.vault.audit_log)]
    wanted = (one for one in asked if one.get("headers", {}).get("x-request-id") == [request_id])
    return {one["path"] for one in wanted}


def test_the_id_goes_on_to_vault_and_to_blawby(
    stage: Stage, team: TeamOnStage, sandbox: Sandbox
) -> None:
    team.with_key()
    request_id = uuid4().hex
    finish(team, **{"X-Request-ID": request_id, "traceparent": TRACEPARENT})
    paths = vault_paths(stage, request_id)
    assert f"teams/data/{team.team_id}/config" in paths
    assert f"teams/data/{team.team_id}/blawby_api" in paths
    calls = [call for call in sandbox.admin("GET", "calls") if call["requestId"] == request_id]
    assert {"search", "customer", "invoice"} <= {call["call"] for call in calls}
    assert {call["traceparent"] for call in calls} == {TRACEPARENT}
    [line] = [line for line in lines_of(stage, request_id) if line["event"] == "request"]
    assert line["trace_id"] == TRACE


def test_a_made_up_id_goes_on_too(stage: Stage, team: TeamOnStage) -> None:
    answer = team.stage.operator.get(team.path)
    assert vault_paths(stage, answer.headers["X-Request-ID"]) == {
        f"teams/data/{team.team_id}/config"
    }


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "00",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        TRACEPARENT.upper(),
        f"{TRACEPARENT} x",
    ],
)
def test_a_malformed_traceparent_goes_nowhere(
    stage: Stage, team: TeamOnStage, sandbox: Sandbox, wrong: str
) -> None:
    team.with_key()
    request_id = uuid4().hex
    finish(team, **{"X-Request-ID": request_id, "traceparent": wrong})
    calls = [call for call in sandbox.admin("GET", "calls") if call["requestId"] == request_id]
    assert calls
    assert {call["traceparent"] for call in calls} == {None}
    lines = lines_of(stage, request_id)
    assert not any("trace_id" in line for line in lines)


def test_what_no_request_asked_for_carries_no_id(stage: Stage, team: TeamOnStage) -> None:
    """One request's id does not stay behind for the next one on the same thread."""
    first, second = uuid4().hex, uuid4().hex
    for request_id in (first, second):
        team.stage.operator.get(team.secret, headers={"X-Request-ID": request_id})
    assert vault_paths(stage, first) == vault_paths(stage, second) != set()
