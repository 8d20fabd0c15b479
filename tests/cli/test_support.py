"""`flask support` on real parts: one intake's story, and nothing of the client in it."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.domain.ids import session_mark
from tests.cli.conftest import Flask, document, refused, told
from tests.http.answers import data_of
from tests.rig import COMPLETE, Stage, TeamOnStage

CLIENT = ("Jane", "example.com", "555 2671", "5552671", "Charlotte", "divorce")


class Intake:
    """One that is finished in two turns, with ids of its own."""

    def __init__(self, team: TeamOnStage) -> None:
        self.session = uuid4().hex
        self.requests = [uuid4().hex, uuid4().hex]
        for request_id, said in zip(self.requests, ("Hello", COMPLETE), strict=True):
            messages = [{"role": "user", "content": said}]
            body = {"teamId": team.team_id, "messages": messages, "sessionId": self.session}
            headers = {"X-Request-ID": request_id}
            answer = team.stage.nobody.post("/api/agent", json=body, headers=headers)
        self.matter = str(data_of(answer)["matter"]["matterId"])


@pytest.fixture
def intake(team: TeamOnStage) -> Intake:
    """Of a team whose key is there."""
    return Intake(team.with_key())


@pytest.fixture
def log(stage: Stage) -> str:
    return str(stage.canaries.captured / "logs")


@pytest.fixture
def audit(stage: Stage) -> str:
    return str(stage.service.vault.audit_log)


def story(flask: Flask, *arguments: str, **environment: str) -> list[dict[str, Any]]:
    happenings = document(flask("support", *arguments, "--json", **environment))["story"]
    assert isinstance(happenings, list)
    times = [each["at"] for each in happenings]
    assert times == sorted(times)
    return happenings


@pytest.mark.parametrize("by", ["session", "request", "matter"])
def test_each_id_leads_to_the_whole_story(
    flask: Flask, intake: Intake, log: str, audit: str, by: str
) -> None:
    ids = {"session": intake.session, "request": intake.requests[1], "matter": intake.matter}
    happenings = story(flask, ids[by], "--log", log, "--audit", audit)
    requests = [each for each in happenings if each["what"] == "request"]
    assert {each["request_id"] for each in requests} == set(intake.requests)
    assert {each["status"] for each in requests} == {200}
    for what in ("matter", "payment"):
        [found] = [each for each in happenings if (each["source"], each["what"]) == ("log", what)]
        assert found["matter"] == intake.matter
    recorded = [each for each in happenings if each["source"] == "record"]
    assert {"filed", "written", "last attempt at an invoice"} <= {each["what"] for each in recorded}
    [filed] = [each for each in recorded if each["what"] == "filed"]
    assert (filed["state"], filed["method"]) == ("invoiced", "blawby_api")
    audited = [each for each in happenings if each["source"] == "audit"]
    assert any(intake.matter in each["path"] for each in audited)
    assert {each["outcome"] for each in audited} <= {"done", "refused"}


def test_nothing_of_the_client_is_told_and_no_session(
    flask: Flask, intake: Intake, log: str, audit: str
) -> None:
    for machine in ([], ["--json"]):
        output = told(flask("support", intake.matter, "--log", log, "--audit", audit, *machine))
        assert not [private for private in (*CLIENT, intake.session) if private in output]


def test_another_intake_is_another_story(
    flask: Flask, team: TeamOnStage, intake: Intake, log: str
) -> None:
    other = Intake(team)
    output = told(flask("support", intake.session, "--log", log))
    assert not [name for name in (*other.requests, other.matter) if name in output]


def test_a_member_reads_the_clients_data_where_asked(
    flask: Flask, team: TeamOnStage, intake: Intake, log: str
) -> None:
    member = str(team.member().token)
    arguments = ("support", intake.matter, "--log", log, "--with-client-data")
    shown = document(flask(*arguments, "--json", VAULT_TOKEN=member))
    [matter] = shown["matters"]
    assert matter["client"]["email"] == "jane@example.com"
    assert matter["openedAt"] is None, "support opens nothing"
    assert "jane@example.com" in told(flask(*arguments, VAULT_TOKEN=member))
    by_operator = told(flask(*arguments))
    assert f"The record of {intake.matter} cannot be read" in by_operator
    assert "filed" in by_operator, "what an operator may see is told all the same"
    assert not [private for private in CLIENT if private in by_operator]


def test_a_matter_without_a_log(flask: Flask, team: TeamOnStage, intake: Intake) -> None:
    happenings = story(flask, intake.matter, "--team", team.team_id)
    assert {each["source"] for each in happenings} == {"record"}
    assert refused(flask("support", intake.matter))


def test_without_a_token_the_log_is_told(flask: Flask, intake: Intake, log: str) -> None:
    result = flask("support", intake.session, "--log", log, VAULT_TOKEN=None)
    assert "no record in Vault is read" in told(result)
    assert intake.requests[0] in result.output


def test_a_log_from_standard_input_and_one_of_another_make(
    flask: Flask, intake: Intake, log: str, tmp_path: Path
) -> None:
    """Lines that are no JSON, are cut, or would steer the terminal."""
    request_id = intake.requests[0]
    odd = {"time": "2026-01-01T00:00:00Z", "event": "\x1b[2J", "request_id": request_id}
    lines = ["no JSON", "[]", f'{{"request_id": "{request_id}', json.dumps(odd)]
    timeless = {"event": "timeless", "request_id": request_id}
    said = "\n".join([*lines, json.dumps(timeless), *Path(log).read_text().splitlines()])
    output = told(flask("support", request_id, "--log", "-", said=said, VAULT_TOKEN=None))
    assert intake.requests[1] in output
    assert "2026-01-01T00:00:00.000Z" in output
    assert "\x1b" not in output
    assert "timeless" not in output


def test_what_is_not_there(flask: Flask, log: str, tmp_path: Path) -> None:
    assert refused(flask("support", uuid4().hex, "--log", log)) == (
        "Error: Nothing is known by this id."
    )
    assert refused(flask("support", "x", "--log", str(tmp_path / "none")), 2)


def test_the_log_knows_a_session_by_its_mark_alone(intake: Intake, log: str) -> None:
    written = Path(log).read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines() if intake.requests[0] in line]
    [line] = [line for line in lines if line["event"] == "request"]
    assert line["session"] == session_mark(intake.session)
    assert intake.session not in written
