"""`flask matter …` on real parts."""

import json

import pytest

from tests.cli.conftest import Flask, document, refused, table, told
from tests.http.answers import data_of
from tests.rig import TeamOnStage

KEY = "0" * 32


def filed(team: TeamOnStage, session: str = "one") -> str:
    return str(data_of(team.ask(sessionId=session))["matter"]["matterId"])


def test_list_tells_what_operators_may_see(flask: Flask, team: TeamOnStage) -> None:
    keys = {filed(team, session) for session in ("one", "two", "three")}
    output = told(flask("matter", "list", team.team_id))
    rows = table(flask("matter", "list", team.team_id))
    assert {row["id"] for row in rows} == keys
    for row in rows:
        assert row["created"].startswith("20")
        assert (row["kind"], row["urgency"], row["opened"]) == ("Family Law", "normal", "-")
        assert (row["payment"], row["state"]) == ("fallback_link", "failed")
    listed = document(flask("matter", "list", team.team_id, "--json"))
    assert {each["id"] for each in listed} == keys
    for private in ("Jane", "example.com", "7045552671", "555-2671", "Charlotte"):
        assert private not in output


def test_list_by_state(flask: Flask, team: TeamOnStage) -> None:
    key = filed(team)
    listing = ("matter", "list", team.team_id, "--state")
    assert key in told(flask(*listing, "unopened"))
    assert table(flask(*listing, "opened")) == []
    assert table(flask(*listing, "invoiced")) == []
    refused(flask(*listing, "lost"), 2)


def test_show_opens_a_matter_for_a_member(flask: Flask, team: TeamOnStage) -> None:
    key, member = filed(team), team.member().token
    shown = json.loads(told(flask("matter", "show", team.team_id, key, VAULT_TOKEN=member)))
    assert shown["client"]["email"] == "jane@example.com"
    assert shown["openedAt"]
    assert key in told(flask("matter", "list", team.team_id, "--state", "opened"))
    assert refused(flask("matter", "show", team.team_id, key))
    assert refused(flask("matter", "show", team.team_id, KEY, VAULT_TOKEN=member))
    assert refused(flask("matter", "show", team.team_id, "not-an-id", VAULT_TOKEN=member))


@pytest.mark.parametrize("opens", [False, True])
def test_export_has_every_matter_whole(flask: Flask, team: TeamOnStage, opens: bool) -> None:
    keys = {filed(team, session) for session in ("one", "two")}
    arguments = ["--open"] if opens else []
    member = team.member().token
    output = told(flask("matter", "export", team.team_id, *arguments, VAULT_TOKEN=member))
    exported = [json.loads(line) for line in output.splitlines()]
    assert {matter["matterId"] for matter in exported} == keys
    assert {matter["client"]["name"] for matter in exported} == {"Jane Doe"}
    opened = document(flask("matter", "list", team.team_id, "--state", "opened", "--json"))
    assert len(opened) == (2 if opens else 0)
    assert refused(flask("matter", "export", team.team_id))


def test_delete_destroys_what_it_holds(flask: Flask, team: TeamOnStage) -> None:
    key = filed(team)
    delete = ("matter", "delete", team.team_id, key)
    assert flask(*delete, said="n\n").exit_code == 1
    assert "destroyed" in told(flask(*delete, "--yes"))
    assert table(flask("matter", "list", team.team_id)) == []
    assert refused(flask(*delete, "--yes"))
