"""`flask invoice …` on real parts."""

import re

import pytest

from tests.cli.conftest import Flask, refused, told
from tests.http.answers import data_of
from tests.rig import Sandbox, TeamOnStage

KEY = "0" * 32


def test_list_tells_what_was_billed(flask: Flask, team: TeamOnStage) -> None:
    payments = [data_of(team.with_key().ask(sessionId="one"))["payment"]]
    payments += [data_of(team.ask(sessionId=f"{number}"))["payment"] for number in range(2)]
    lines = told(flask("invoice", "list", team.team_id)).splitlines()
    assert len(lines) == 3
    assert {line.split("\t")[3] for line in lines} == {each["paymentId"] for each in payments}
    for line in lines:
        key, state, amount, _, when = line.split("\t")
        assert re.fullmatch("[0-9a-f]{32}", key)
        assert (state, amount) == ("invoiced", "75.00")
        assert when.startswith("20")


def test_list_of_nothing_is_empty(flask: Flask, team: TeamOnStage) -> None:
    assert told(flask("invoice", "list", team.team_id)) == ""


def test_resolve_is_for_what_nobody_knows(flask: Flask, team: TeamOnStage) -> None:
    resolve = ("invoice", "resolve", team.team_id)
    assert refused(flask(*resolve, KEY, "failed"))
    assert refused(flask(*resolve, "not-a-key", "failed"))
    assert "paymentId" in refused(flask(*resolve, KEY, "invoiced"))
    assert "paymentId" in refused(flask(*resolve, KEY, "failed", "--payment-id", "7"))
    refused(flask(*resolve, KEY, "perhaps"), 2)


@pytest.mark.parametrize(
    ("outcome", "state"), [(["failed"], "failed"), (["invoiced", "--payment-id"], "invoiced")]
)
def test_resolve_settles_what_was_looked_up(
    flask: Flask, team: TeamOnStage, sandbox: Sandbox, outcome: list[str], state: str
) -> None:
    lost = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=lost)
    assert data_of(team.with_key().ask())["payment"]["method"] == "pending"
    [line] = told(flask("invoice", "list", team.team_id)).splitlines()
    key, before, *_ = line.split("\t")
    assert before == "unknown"
    [made] = [row for row in sandbox.admin("GET", "invoices") if row["team"] == team.ulid.lower()]
    arguments = [*outcome, str(made["id"])] if state == "invoiced" else outcome
    output = told(flask("invoice", "resolve", team.team_id, key, *arguments))
    assert output == f"{key} is {state} now.\n"
    assert refused(flask("invoice", "resolve", team.team_id, key, "failed"))


def test_unknown_ones_of_all_teams_are_listed(
    flask: Flask, team: TeamOnStage, sandbox: Sandbox
) -> None:
    lost = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=lost)
    key = data_of(team.with_key().ask())["matter"]["matterId"]
    lines = [line.split("\t") for line in told(flask("invoice", "list", "--unknown")).splitlines()]
    assert [team.team_id, key, "unknown"] in [line[:3] for line in lines]
    told(flask("invoice", "resolve", team.team_id, key, "failed"))
    assert key not in told(flask("invoice", "list", "--unknown"))
    for wrong in ((), (team.team_id, "--unknown")):
        refused(flask("invoice", "list", *wrong), 2)
    refused(flask("invoice", "list", "--unknown", VAULT_TOKEN=team.member().token))
