"""`flask invoice …` on real parts."""

import re

import pytest

from tests.cli.conftest import Flask, document, refused, table, told
from tests.http.answers import data_of
from tests.rig import Sandbox, TeamOnStage, new_ulid

KEY = "0" * 32


def test_list_tells_what_was_billed(flask: Flask, team: TeamOnStage) -> None:
    payments = [data_of(team.with_key().ask(sessionId="one"))["payment"]]
    payments += [data_of(team.ask(sessionId=f"{number}"))["payment"] for number in range(2)]
    rows = table(flask("invoice", "list", team.team_id))
    assert len(rows) == 3
    assert {row["payment id"] for row in rows} == {each["paymentId"] for each in payments}
    for row in rows:
        assert re.fullmatch("[0-9a-f]{32}", row["id"])
        assert (row["state"], row["amount"]) == ("invoiced", "75.00")
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["started"])
    assert len(document(flask("invoice", "list", team.team_id, "--json"))) == 3


def test_list_of_nothing_is_empty(flask: Flask, team: TeamOnStage) -> None:
    assert told(flask("invoice", "list", team.team_id)) == "Nothing to list.\n"


def test_list_of_a_team_that_is_not_there(flask: Flask) -> None:
    """Not an empty list, which looks like an answer (attack 25)."""
    assert refused(flask("invoice", "list", new_ulid())) == "Error: There is no such team."


def test_resolve_is_for_what_nobody_knows(flask: Flask, team: TeamOnStage) -> None:
    resolve = ("invoice", "resolve", team.team_id)
    assert refused(flask(*resolve, KEY, "failed"))
    assert refused(flask(*resolve, "not-a-key", "failed"))
    assert "--payment-id" in refused(flask(*resolve, KEY, "invoiced"))
    assert "--payment-id" in refused(flask(*resolve, KEY, "failed", "--payment-id", "7"))
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
    [row] = table(flask("invoice", "list", team.team_id))
    key = row["id"]
    assert row["state"] == "unknown"
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
    rows = table(flask("invoice", "list", "--unknown"))
    assert (team.team_id, key, "unknown") in [(it["team"], it["id"], it["state"]) for it in rows]
    listed = document(flask("invoice", "list", "--unknown", "--json"))
    assert key in [each["id"] for each in listed if each["teamId"] == team.team_id]
    told(flask("invoice", "resolve", team.team_id, key, "failed"))
    assert key not in told(flask("invoice", "list", "--unknown"))
    for wrong in ((), (team.team_id, "--unknown")):
        refused(flask("invoice", "list", *wrong), 2)
    refused(flask("invoice", "list", "--unknown", VAULT_TOKEN=team.member().token))
