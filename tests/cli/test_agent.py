"""`flask agent chat`: a whole conversation in a terminal."""

import pytest

from tests.browser.steps import STEPS
from tests.cli.conftest import Flask, refused, told
from tests.rig import CONFIG, Sandbox, Stage, TeamOnStage


def test_a_whole_intake_in_a_terminal(flask: Flask, team: TeamOnStage, sandbox: Sandbox) -> None:
    output = told(flask("agent", "chat", team.with_key().slug, said="\n".join(STEPS)))
    assert output.startswith("Hello! I'm here to help you on behalf of A Team.")
    assert "Thank you Jane! Now I need your location." in output
    [invoice] = [
        row for row in sandbox.admin("GET", "invoices") if row["team"] == team.ulid.lower()
    ]
    assert output.count(invoice["payment_link"]) == 1


def test_another_conversation_is_another_session(
    flask: Flask, team: TeamOnStage, sandbox: Sandbox
) -> None:
    team.with_key()
    for _ in range(2):
        told(flask("agent", "chat", team.team_id, said="\n".join(STEPS)))
    rows = [row for row in sandbox.admin("GET", "invoices") if row["team"] == team.ulid.lower()]
    assert len(rows) == 2


@pytest.mark.parametrize("said", ["", "\n", "Hello\n", "Hello\n\nnot read any more\n"])
def test_an_empty_line_or_the_end_ends_it(flask: Flask, team: TeamOnStage, said: str) -> None:
    output = told(flask("agent", "chat", team.slug, said=said))
    assert output.count("> ") == (2 if "Hello" in said else 1)


@pytest.mark.parametrize("name", ["no-such-team", "No Team", "../x"])
def test_an_unknown_team_is_one_line(flask: Flask, name: str) -> None:
    assert refused(flask("agent", "chat", name)) == "Error: There is no such team."


def test_a_team_cannot_steer_the_terminal(flask: Flask, stage: Stage) -> None:
    team = stage.team(CONFIG | {"introMessage": "\x1b]0;owned\x07Hi\x1b[2J\nthere"})
    output = told(flask("agent", "chat", team.slug, said=""))
    assert output.startswith("]0;ownedHi[2J\nthere\n")
    assert "\x1b" not in output
