"""What all commands share: help without an environment, JSON, errors of one line, exit codes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import click
import pytest
from flask import Flask as App

from app.cli import OperatorServices, add_commands
from tests.cli.conftest import Flask, flask_of, refused, told
from tests.cli.test_prompt import environment
from tests.http.answers import data_of
from tests.rig import Stage, TeamOnStage, new_ulid

ROOT = Path(__file__).parents[2]
GROUPS = ("team", "secret", "invoice")
TEAM_ID = new_ulid()
API_NAMES = re.compile(r"\b[a-z]+[A-Z][A-Za-z]*\b")


def command_line(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """`flask …` in a process of its own, with this environment alone."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def leaves(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands below, with their names."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from leaves(inner, f"{path} {name}".strip())


def without_services() -> App:
    app = App("without")
    add_commands(app, Mock(side_effect=AssertionError))
    return app


def commands(stage: Stage) -> Iterator[tuple[str, click.Command]]:
    for group in GROUPS:
        found = stage.app.cli.commands[group]
        assert isinstance(found, click.Group)
        yield from ((f"{group} {name}", command) for name, command in found.commands.items())


@pytest.mark.parametrize("arguments", [["--help"], *([group, "--help"] for group in GROUPS)])
def test_help_needs_no_environment(arguments: list[str]) -> None:
    shown = command_line(*arguments)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Commands:" in shown.stdout


def test_a_missing_variable_is_one_line() -> None:
    failed = command_line("team", "list")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    assert "VAULT_ADDR" in failed.stderr
    assert "VAULT_ROLE_ID" not in failed.stderr


def test_the_callers_token_is_enough(stage: Stage, team: TeamOnStage, tmp_path: Path) -> None:
    """Only what the agent does for a team needs the service's own login."""
    environ = environment(stage, tmp_path)
    for name in ("VAULT_ROLE_ID", "VAULT_SECRET_ID"):
        del environ[name]
    for command in (
        ["team", "list"],
        ["secret", "status", team.team_id],
        ["secret", "due", "--json"],
    ):
        done = command_line(*command, **environ)
        assert (done.returncode, done.stderr) == (0, ""), done
    subprocess.run(
        [sys.executable, "-m", "flask", "secret", "set", team.team_id, "--team-ulid", team.ulid],
        cwd=ROOT,
        env=environ,
        input=f"{stage.canaries.key()}\n",
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    )
    failed = command_line("secret", "verify", team.team_id, **environ)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert "set VAULT_ROLE_ID and VAULT_SECRET_ID" in failed.stderr


@pytest.mark.parametrize("level", [None, "INFO"])
def test_logs_are_for_whoever_asks_and_never_on_standard_output(
    stage: Stage, team: TeamOnStage, tmp_path: Path, level: str | None
) -> None:
    """`rollback` logs in to Vault; a closed port is a warning of the app's."""
    data_of(stage.operator.post(team.secret, json=team.new_key()), 201)
    environ = environment(stage, tmp_path) | ({"LOG_LEVEL": level} if level else {})
    done = command_line("secret", "rollback", team.team_id, "1", "--json", **environ)
    assert json.loads(done.stdout)["version"] == 2
    assert ("logged in to Vault" in done.stderr) == bool(level)
    failed = command_line("team", "list", **environ | {"VAULT_ADDR": "http://127.0.0.1:1"})
    assert (failed.returncode, failed.stdout) == (1, "")
    logged, line = failed.stderr.splitlines()[:-1], failed.stderr.splitlines()[-1]
    assert line.startswith("Error: The secret store is not available.")
    assert ["connection failed" in each for each in logged] == ([True] if level else [])


@pytest.mark.parametrize("place", ["file", "/proc/cache"])
def test_a_cache_directory_that_is_none_is_one_line(
    stage: Stage, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    environ = environment(stage, tmp_path) | {"CACHE_DIR": str(tmp_path / place)}
    failed = command_line("team", "list", **environ)
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert "CACHE_DIR" in failed.stderr


def test_each_command_prints_json_when_asked(stage: Stage) -> None:
    """`export` prints nothing else."""
    without = [
        name
        for name, command in commands(stage)
        if not any("--json" in option.opts for option in command.params)
    ]
    assert without == ["team export"]


def test_each_command_and_option_has_a_line_of_help(stage: Stage) -> None:
    for name, command in commands(stage):
        assert command.help, name
        for option in command.params:
            assert isinstance(option, click.Argument) or option.to_info_dict()["help"], name


# What cannot be undone, with arguments that ask.
ASKING = {
    "team delete": [TEAM_ID],
    "team credentials": ["--revoke", TEAM_ID],
    "secret delete": ["--destroy", TEAM_ID],
    "matter delete": [TEAM_ID, "0" * 32],
}


def test_the_commands_that_ask_are_known() -> None:
    asking = {
        name
        for name, command in leaves(without_services().cli)
        if any("--yes" in option.opts for option in command.params)
    }
    assert asking == ASKING.keys()


@pytest.mark.parametrize("name", ASKING)
def test_what_cannot_be_undone_asks_first_and_names_what_it_is_about(name: str) -> None:
    """Nothing is called before the answer."""
    arguments = [*name.split(), *ASKING[name]]
    result = without_services().test_cli_runner().invoke(args=arguments, input="n\n")
    assert result.exit_code == 1
    assert ASKING[name][-1] in result.output.splitlines()[0]
    assert "?" in result.output.splitlines()[0]


@pytest.mark.parametrize("error", [ValueError("canary"), KeyError("canary"), OSError("canary")])
def test_what_nobody_foresaw_is_one_line_without_its_words(error: Exception) -> None:
    """A library's words may hold the token (attack 10)."""

    def broken() -> OperatorServices:
        raise error

    app = App("broken")
    add_commands(app, broken)
    for command in (["team", "list"], ["secret", "due"]):
        result = app.test_cli_runner().invoke(args=command)
        assert refused(result) == f"Error: It failed unexpectedly ({type(error).__name__})."


def test_errors_call_things_as_the_command_line_does(flask: Flask, team: TeamOnStage) -> None:
    known = team.team_id
    for command in (
        ("secret", "set", known, "--team-ulid", "x"),
        ("secret", "set", known, "--team-ulid", team.ulid),
        ("invoice", "resolve", known, "0" * 32, "invoiced"),
        ("team", "update", known, "--slug", "X"),
        ("team", "create", "0" * 26, "--slug", "X", "--name", ""),
        ("team", "show", "x"),
    ):
        result = flask(*command, said="x\n")
        assert result.exit_code in {1, 2}
        assert not API_NAMES.search(result.output.splitlines()[-1]), result.output


def test_a_reader_that_leaves_ends_the_command_quietly(stage: Stage, tmp_path: Path) -> None:
    command = f"{sys.executable} -m flask team list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment(stage, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_a_flask_of_another_stage_is_that_stages(stage: Stage, away: Stage) -> None:
    """The groups are one for the process, their services each app's own."""
    told(flask_of(stage)("team", "list"))
    told_why = "Error: The secret store is not available. Vault: it refuses the connection."
    assert refused(flask_of(away)("team", "list")) == told_why
