"""`flask secret …` on real parts. The key comes from standard input."""

import json
import re

import pytest

from tests.cli.conftest import Flask, document, flask_of, refused, table, told
from tests.http.answers import data_of
from tests.rig import Caller, Sandbox, Stage, TeamOnStage


def stored(flask: Flask, team: TeamOnStage, *more: str, key: str | None = None) -> str:
    said = f"{key or team.stage.canaries.key()}\n"
    return told(flask("secret", "set", team.team_id, "--team-ulid", team.ulid, *more, said=said))


def test_set_stores_and_replaces(flask: Flask, team: TeamOnStage, operator: Caller) -> None:
    assert stored(flask, team) == "Version 1 of the key is stored.\n"
    assert (
        stored(flask, team, "--expires-at", "2041-05-01T12:00:00Z")
        == "Version 2 of the key is stored.\n"
    )
    status = data_of(operator.get(team.secret))
    assert (status["version"], status["teamUlid"]) == (2, team.ulid)
    assert status["expiresAt"] == "2041-05-01T12:00:00+00:00"
    assert data_of(team.ask())["payment"]["method"] == "blawby_api"


@pytest.mark.parametrize("said", ["", "\n", "short\n", "two words\n", "schlüssel-1\n", "x" * 513])
def test_set_takes_no_key_that_is_none(flask: Flask, team: TeamOnStage, said: str) -> None:
    line = refused(flask("secret", "set", team.team_id, "--team-ulid", team.ulid, said=said))
    assert "the key: Not 8 to 512" in line
    assert len(said.strip()) < 2 or said.strip() not in line


def test_set_takes_no_key_from_the_arguments(flask: Flask, team: TeamOnStage) -> None:
    for arguments in (["a-key-in-the-arguments"], ["--api-key", "a-key-in-the-arguments"]):
        result = flask("secret", "set", team.team_id, "--team-ulid", team.ulid, *arguments)
        assert result.exit_code == 2


def test_set_names_what_is_wrong(flask: Flask, team: TeamOnStage) -> None:
    said = f"{team.stage.canaries.key()}\n"
    line = refused(flask("secret", "set", team.team_id, "--team-ulid", "x", said=said))
    assert line == "Error: Some fields are not valid. --team-ulid: Not a ULID."


@pytest.mark.parametrize(
    "date",
    ["tomorrow", "2020-01-01", "2020-01-01T00:00:00Z", "", "31/12/2040", "9999-12-31T23:59-12:00"],
)
def test_set_takes_no_date_that_is_none_or_past(flask: Flask, team: TeamOnStage, date: str) -> None:
    wrong = ("secret", "set", team.team_id, "--team-ulid", team.ulid, "--expires-at", date)
    line = refused(flask(*wrong, said=f"{team.stage.canaries.key()}\n"), 2)
    assert "past" in line or "Not a date" in line
    assert told(flask("secret", "status", team.team_id)) == "No secret.\n"


def test_set_verifies_before_it_stores(flask: Flask, team: TeamOnStage, stage: Stage) -> None:
    set_key = ("secret", "set", team.team_id, "--team-ulid", team.ulid, "--verify")
    line = refused(flask(*set_key, said=f"{stage.canaries.key('bad')}\n"))
    assert line == "Error: Blawby refused the key."
    assert told(flask("secret", "status", team.team_id)) == "No secret.\n"
    assert (
        told(flask(*set_key, said=f"{stage.canaries.key()}\n"))
        == "Version 1 of the key is stored.\n"
    )


def test_status_shows_what_may_be_shown(flask: Flask, team: TeamOnStage, operator: Caller) -> None:
    assert document(flask("secret", "status", team.team_id, "--json")) == {
        "teamId": team.team_id,
        "hasSecret": False,
    }
    stored(flask, team, "--expires-at", "2041-05-01")
    known = data_of(operator.get(team.secret))
    lines = told(flask("secret", "status", team.team_id)).splitlines()
    shown = dict(re.split("  +", line) for line in lines)
    assert shown == {
        "version": "1",
        "fingerprint": known["fingerprint"],
        "team ulid": team.ulid,
        "created": f"{known['createdAt'][:19]}Z",
        "updated": f"{known['updatedAt'][:19]}Z",
        "expires": "2041-05-01T00:00:00Z",
    }
    told_json = document(flask("secret", "status", team.team_id, "--json"))
    assert told_json["expiresAt"] == "2041-05-01T00:00:00Z"
    assert told_json["fingerprint"] == known["fingerprint"]


def test_the_life_of_a_secret(flask: Flask, team: TeamOnStage) -> None:
    stored(flask, team)
    stored(flask, team)
    assert told(flask("secret", "rollback", team.team_id, "1")) == (
        "Version 3 of the key is stored.\n"
    )
    assert told(flask("secret", "delete", team.team_id)) == ("Version 3 of the key is deleted.\n")
    rows = table(flask("secret", "versions", team.team_id))
    assert [(row["version"], row["state"]) for row in rows] == [
        ("1", "lives"),
        ("2", "lives"),
        ("3", "deleted"),
    ]
    assert told(flask("secret", "undelete", team.team_id)) == (
        "Version 3 of the key is restored.\n"
    )
    rows = document(flask("secret", "versions", team.team_id, "--json"))
    assert {row["state"] for row in rows} == {"lives"}
    destroy = ("secret", "delete", "--destroy", team.team_id)
    assert flask(*destroy, said="n\n").exit_code == 1
    assert flask(*destroy).exit_code == 1
    assert {row["state"] for row in table(flask("secret", "versions", team.team_id))} == {"lives"}
    told(flask(*destroy, "--yes"))
    rows = table(flask("secret", "versions", team.team_id))
    assert {row["state"] for row in rows} == {"destroyed"}


def test_verify_tries_the_stored_key(flask: Flask, team: TeamOnStage, sandbox: Sandbox) -> None:
    key = team.stage.canaries.key()
    stored(flask, team, key=key)
    assert told(flask("secret", "verify", team.team_id)) == "Blawby takes the key.\n"
    sandbox.admin("DELETE", "keys", json={"key": key})
    result = flask("secret", "verify", team.team_id, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["valid"] is False


def test_failures_are_one_line(flask: Flask, team: TeamOnStage) -> None:
    for command in ("versions", "delete"):
        line = refused(flask("secret", command, team.team_id))
        assert line == "Error: This team has no secret."
    assert refused(flask("secret", "rollback", team.team_id, "1"))
    refused(flask("secret", "rollback", team.team_id, "0"), 2)
    refused(flask("secret", "status", "not-an-id"), 2)


def test_news_that_are_late_are_told(deaf: Stage, team: TeamOnStage) -> None:
    line = stored(flask_of(deaf), team)
    assert line == "Version 1 of the key is stored. Other workers know within the cache's time.\n"


def test_vault_away_is_one_line(away: Stage, team: TeamOnStage) -> None:
    line = refused(flask_of(away)("secret", "status", team.team_id))
    assert line == ("Error: The secret store is not available. Vault: it refuses the connection.")


def test_words_that_no_adapter_knows_are_not_repeated(puzzled: Stage, team: TeamOnStage) -> None:
    line = refused(flask_of(puzzled)("secret", "status", team.team_id))
    assert line == "Error: A service behind this one failed."


def test_due_lists_which_keys_to_rotate(flask: Flask, team: TeamOnStage, operator: Caller) -> None:
    body = team.new_key(expiresAt="2020-05-01T12:00:00Z")
    updated = (
        data_of(operator.post(team.secret, json=body), 201)
        and data_of(operator.get(team.secret))["updatedAt"]
    )
    row = {"team id": team.team_id, "why": "expired", "version": "1"}
    times = {"updated": f"{updated[:19]}Z", "expires": "2020-05-01T12:00:00Z"}
    assert row | times in table(flask("secret", "due"))
    stored(flask, team)
    assert team.team_id not in told(flask("secret", "due"))
    due = document(flask("secret", "due", "--days", "0", "--json"))
    [mine] = [each for each in due if each["teamId"] == team.team_id]
    assert (mine["why"], mine["version"], mine["expiresAt"]) == ("old", 2, None)
