"""One line a request in the log: what was asked for, by no word of what was in it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.http.answers import data_of
from tests.rig import Caller, Stage, TeamOnStage

FIELDS = {
    *("time", "level", "logger", "event"),
    *("method", "route", "status", "milliseconds", "request_id", "team_id"),
}


def lines_of(stage: Stage, request_id: str) -> list[dict[str, Any]]:
    written = (stage.canaries.captured / "logs").read_text("utf-8").splitlines()
    lines = [json.loads(line) for line in written if request_id in line]
    return [line for line in lines if line.get("request_id") == request_id]


def logged(stage: Stage, caller: Caller, method: str, path: str, **options: Any) -> Any:
    """The one line of this request."""
    request_id = uuid4().hex
    caller.request(method, path, headers={"X-Request-ID": request_id}, **options)
    # The first turn of an app logs in to Vault, and that has a line of its own.
    [line] = [line for line in lines_of(stage, request_id) if line["logger"] == "app.access"]
    chats = path.startswith("/api/agent")
    assert line.keys() == FIELDS | ({"session"} if chats else set())
    assert line["event"] == "request"
    assert 0 < line["milliseconds"] < 60_000
    return line


def test_a_request_is_one_line(stage: Stage, team: TeamOnStage, operator: Caller) -> None:
    line = logged(stage, operator, "GET", f"{team.secret.upper().replace('API', 'api')}?x=1")
    assert line["route"] is None
    line = logged(stage, operator, "GET", f"{team.secret}?secretword=1")
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"] == "/api/team-secrets/<team_id:team_id>"
    assert line["team_id"] == team.team_id
    assert "secretword" not in json.dumps(line)


def test_the_agents_line_names_the_team_that_a_slug_led_to(
    stage: Stage, team: TeamOnStage, nobody: Caller
) -> None:
    body = {"teamId": team.slug, "messages": [{"role": "user", "content": "I am Jane Doe"}]}
    line = logged(stage, nobody, "POST", "/api/agent", json=body)
    assert (line["route"], line["team_id"]) == ("/api/agent", team.team_id)
    assert "Jane" not in json.dumps(line)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/of/this", 404),
        ("BREW", "/healthz", 405),
        ("GET", "/api/teams/not-an-id", 400),
        ("GET", "/api/teams", 401),
    ],
)
def test_a_refusal_is_one_line_too(
    stage: Stage, nobody: Caller, method: str, path: str, status: int
) -> None:
    line = logged(stage, nobody, method, path)
    assert (line["status"], line["team_id"]) == (status, None)
    assert "not-an-id" not in json.dumps(line)


def test_a_failure_is_told_by_its_kind_and_place(away: Stage, team: TeamOnStage) -> None:
    """Not by its words: those of foreign exceptions hold addresses and values."""
    request_id = uuid4().hex
    caller = Caller(away.client, team.stage.operator.token)
    caller.get(team.secret, headers={"X-Request-ID": request_id})
    # Before them, once a minute: why there was no connection.
    *_, failure, access = lines_of(away, request_id)
    assert access["status"] == 503
    assert (failure["event"], failure["level"]) == ("failed", "warning")
    kind, *frames = failure["exception"]
    assert kind == "VaultUnavailable"
    assert any("vault/transport.py" in frame for frame in frames)
    assert "127.0.0.1" not in json.dumps(failure)


def test_a_conversation_is_not_in_the_log(stage: Stage, team: TeamOnStage) -> None:
    """Neither the client's person nor the matter, at DEBUG, with an invoice made."""
    said = "I am Wilhelmina Quickenborne from Charlotte, NC, 704 555 2671, wq@example.com, divorce"
    told = data_of(team.with_key().ask(said))
    assert told["payment"]["method"] == "blawby_api"
    written = (stage.canaries.captured / "logs").read_text("utf-8")
    for personal in ("Wilhelmina", "Quickenborne", "wq@", "wq%40", "5552671", "555 2671"):
        assert personal not in written
