"""The streamed turn over HTTP: the same answer, the same refusals, its log line and its metrics."""

import json
from typing import Any
from uuid import uuid4

import pytest
from limits import parse
from werkzeug.test import TestResponse

from app.observability import metrics
from tests.events import events_of, names_of, only, words_of
from tests.http.answers import data_of, refusal_of
from tests.http.test_error_shape import assert_headers
from tests.http.test_logs import lines_of
from tests.rig import COMPLETE, Caller, NewStage, Sandbox, Stage, TeamOnStage

STREAM = "/api/agent/stream"


def ask(team: TeamOnStage, text: str = COMPLETE, **options: Any) -> TestResponse:
    said = [{"role": "user", "content": text}]
    body = {"teamId": team.team_id, "messages": said, "sessionId": "s-1"}
    return team.stage.nobody.post(STREAM, json=body, **options)


def of_this_turn(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what differs when the same turn is asked for again."""
    metadata = answer["metadata"] | {"requestId": None}
    return answer | {"metadata": metadata, "matter": answer["matter"] | {"repeat": None}}


def test_the_final_event_is_what_the_plain_turn_answers(team: TeamOnStage) -> None:
    events = events_of(ask(team.with_key()).get_data())
    final = only(events, "final")
    assert final.keys() == {"success", "data"}
    plain = data_of(team.ask(sessionId="s-1"))
    assert of_this_turn(final["data"]) == of_this_turn(plain)
    assert plain["payment"]["method"] == "blawby_api"


def test_a_finished_intake_in_its_order(team: TeamOnStage, sandbox: Sandbox) -> None:
    answer = ask(team.with_key())
    events = events_of(answer.get_data())
    names = names_of(events)
    assert names[:3] == ["connected", "tool_call", "tool_result"]
    assert names[-2:] == ["final", "complete"]
    assert set(names[3:-2]) == {"text"}
    final = only(events, "final")["data"]
    assert words_of(events) == final["response"]
    call = only(events, "tool_call")
    known = {"matter_id": final["matter"]["matterId"]}
    assert [call | {"parameters": call["parameters"] | known}] == final["toolCalls"]
    assert only(events, "tool_result") == {
        "name": "create_matter",
        "matter": final["matter"],
        "payment": final["payment"],
    }
    request_id = answer.headers["X-Request-ID"]
    assert only(events, "connected") == {"teamId": team.team_id, "requestId": request_id}
    assert final["metadata"]["requestId"] == request_id
    assert only(events, "complete") == {}


def test_an_unfinished_intake_is_words_alone(team: TeamOnStage) -> None:
    names = names_of(events_of(ask(team, "Hello").get_data()))
    assert set(names) == {"connected", "text", "final", "complete"}
    assert names.count("text") > 2


def test_nothing_on_the_way_keeps_it_back(team: TeamOnStage) -> None:
    answer = ask(team, "Hello")
    assert answer.status_code == 200
    assert answer.content_type == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Length" not in answer.headers
    assert_headers(answer)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_request"),
        (b"{}", 400, "validation_failed"),
        (b'{"teamId": "x", "messages": []}', 400, "validation_failed"),
        (
            b'{"teamId": "no-such-team-at-all", "messages": [{"role": "user", "content": "x"}]}',
            404,
            "team_not_found",
        ),
    ],
)
def test_bad_input_is_refused_as_by_the_plain_turn(
    nobody: Caller, body: bytes, status: int, code: str
) -> None:
    for path in (STREAM, "/api/agent"):
        answer = nobody.post(path, data=body, content_type="application/json")
        refusal_of(answer, status, code)


def test_another_method_or_media_type_is_refused(nobody: Caller) -> None:
    refusal_of(nobody.get(STREAM), 405, "method_not_allowed")
    refusal_of(nobody.post(STREAM, data="x"), 415, "unsupported_media_type")


def test_both_ways_share_one_limit(new_stage: NewStage) -> None:
    stage = new_stage(agent_rate_limit=parse("2/hour"))
    team = stage.team()
    assert ask(team, "Hello").status_code == 200
    data_of(team.ask("Hello"))
    refused = ask(team, "Hello")
    refusal_of(refused, 429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_cold_team_without_vault_is_refused_before_the_stream(
    team: TeamOnStage, away: Stage
) -> None:
    body = {"teamId": team.team_id, "messages": [{"role": "user", "content": "Hello"}]}
    refusal_of(away.nobody.post(STREAM, json=body), 503, "vault_unavailable")


def test_a_stream_is_one_log_line_with_the_time_of_all_of_it(
    team: TeamOnStage, sandbox: Sandbox
) -> None:
    sandbox.admin("POST", "faults", json={"call": "invoice", "kind": "slow", "seconds": 0.5})
    request_id = uuid4().hex
    ask(team.with_key(), headers={"X-Request-ID": request_id})
    [line] = [it for it in lines_of(team.stage, request_id) if it["event"] == "request"]
    assert (line["route"], line["status"], line["team_id"]) == (STREAM, 200, team.team_id)
    assert line["milliseconds"] > 500
    assert "jane" not in json.dumps(line).lower()


def test_open_streams_are_counted_and_all_have_ended(team: TeamOnStage) -> None:
    ask(team, "Hello")
    [sample] = metrics.streams.collect()[0].samples
    assert sample.value == 0
