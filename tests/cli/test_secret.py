"""`flask secret …` on real parts. The key comes from standard input."""

import pytest

from tests.cli.conftest import Flask, flask_of, refused, told
from tests.http.answers import data_of
from tests.rig import Caller, Stage, TeamOnStage


def stored(flask: Flask, team: TeamOnStage, *more: str, key: str | None = None) -> str:
    said = f"{key or team.stage.canaries.key()}\n"
    return told(flask("secret", "set", team.team_id, "--team-ulid", team.ulid, *more, said=said))


def test_set_stores_and_replaces(flask: Flask, team: TeamOnStage, operator: Caller) -> None:
    assert stored(flask, team) == "Version 1.\n"
    assert stored(flask, team, "--expires-at", "2031-05-01T12:00:00Z") == "Version 2.\n"
    status = data_of(operator.get(team.secret))
    assert (status["version"], status["teamUlid"]) == (2, team.ulid)
    assert status["expiresAt"] == "2031-05-01T12:00:00+00:00"
    assert data_of(team.ask())["payment"]["method"] == "blawby_api"


@pytest.mark.parametrize("said", ["", "\n", "short\n", "two words\n", "schlüssel-1\n", "x" * 513])
def test_set_takes_no_key_that_is_none(flask: Flask, team: TeamOnStage, said: str) -> None:
    line = refused(flask("secret", "set", team.team_id, "--team-ulid", team.ulid, said=said))
    assert "apiKey" in line
    assert len(said.strip()) < 2 or said.strip() not in line


def test_set_takes_no_key_from_the_arguments(flask: Flask, team: TeamOnStage) -> None:
    for arguments in (["a-key-in-the-arguments"], ["--api-key", "a-key-in-the-arguments"]):
        result = flask("secret", "set", team.team_id, "--team-ulid", team.ulid, *arguments)
        assert result.exit_code == 2


def test_set_names_what_is_wrong(flask: Flask, team: TeamOnStage) -> None:
    said = f"{team.stage.canaries.key()}\n"
    wrong = ("secret", "set", team.team_id, "--team-ulid", "x", "--expires-at", "tomorrow")
    line = refused(flask(*wrong, said=said))
    assert "teamUlid" in line
    assert "expiresAt" in line
    assert "tomorrow" not in line


def test_set_verifies_before_it_stores(flask: Flask, team: TeamOnStage, stage: Stage) -> None:
    set_key = ("secret", "set", team.team_id, "--team-ulid", team.ulid, "--verify")
    line = refused(flask(*set_key, said=f"{stage.canaries.key('bad')}\n"))
    assert line == "Error: Blawby refused the key."
    assert told(flask("secret", "status", team.team_id)) == "No secret.\n"
    assert told(flask(*set_key, said=f"{stage.canaries.key()}\n")) == "Version 1.\n"


def test_status_tells_what_may_be_told(flask: Flask, team: TeamOnStage, operator: Caller) -> None:
    stored(flask, team)
    known = data_of(operator.get(team.secret))
    lines = told(flask("secret", "status", team.team_id)).splitlines()
    shown = {line[:13].strip(): line[13:] for line in lines}
    assert shown == {
        "version": "1",
        "fingerprint": known["fingerprint"],
        "team ulid": team.ulid,
        "updated": known["updatedAt"],
        "expires": "never",
    }


def test_the_life_of_a_secret(flask: Flask, team: TeamOnStage) -> None:
    stored(flask, team)
    stored(flask, team)
    assert told(flask("secret", "rollback", team.team_id, "1")) == "Version 3.\n"
    assert told(flask("secret", "delete", team.team_id)) == "Version 3.\n"
    lines = told(flask("secret", "versions", team.team_id)).splitlines()
    assert [line.split("\t")[0::2] for line in lines] == [
        ["1", "lives"],
        ["2", "lives"],
        ["3", "deleted"],
    ]
    told(flask("secret", "delete", "--destroy", team.team_id))
    lines = told(flask("secret", "versions", team.team_id)).splitlines()
    assert {line.split("\t")[2] for line in lines} == {"destroyed"}


def test_failures_are_one_line(flask: Flask, team: TeamOnStage) -> None:
    for command in ("versions", "delete"):
        line = refused(flask("secret", command, team.team_id))
        assert line == "Error: This team has no secret."
    assert refused(flask("secret", "rollback", team.team_id, "1"))
    refused(flask("secret", "rollback", team.team_id, "0"), 2)
    refused(flask("secret", "status", "not-an-id"), 2)


def test_news_that_are_late_are_told(deaf: Stage, team: TeamOnStage) -> None:
    line = stored(flask_of(deaf), team)
    assert line == "Version 1. Other workers know within the cache's time.\n"


def test_vault_away_is_one_line(away: Stage, team: TeamOnStage) -> None:
    line = refused(flask_of(away)("secret", "status", team.team_id))
    assert line == "Error: The secret store is not available."


def test_words_that_no_adapter_knows_are_not_repeated(puzzled: Stage, team: TeamOnStage) -> None:
    line = refused(flask_of(puzzled)("secret", "status", team.team_id))
    assert line == "Error: A service behind this one failed."


def test_due_tells_which_keys_to_rotate(flask: Flask, team: TeamOnStage) -> None:
    stored(flask, team, "--expires-at", "2020-05-01T12:00:00Z")
    today = data_of(team.stage.operator.get(team.secret))["updatedAt"][:10]
    lines = told(flask("secret", "due")).splitlines()
    assert f"{team.team_id}\texpired\t1\t{today}\t2020-05-01" in lines
    stored(flask, team)
    assert team.team_id not in told(flask("secret", "due"))
    lines = told(flask("secret", "due", "--days", "0")).splitlines()
    assert f"{team.team_id}\told\t2\t{today}\tnever" in lines
