"""Every `flask` command that a document names in its text is one that the command line takes.

Blocks of commands run in other tests.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import AppGroup

from app.cli import OperatorServices, add_commands
from tests.rig import new_ulid

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
# What people write for one of several things, and for anything.
_CHOICE = re.compile(r"(\w+)(?:\|\w+)+")
_FLASK = re.compile(r".*\bflask (--env-file \S+ )?")
_ANYTHING = "…"
# What stands for the words in capitals, and for files.
_GIVEN = {
    "TEAM": new_ulid(),
    "VERSION": "1",
    "app.log": __file__,
    "audit.log": __file__,
    "FILE": str(ROOT / "vault" / "teams.example.json"),
}


def commands() -> set[str]:
    found = set()
    for document in DOCUMENTS:
        text = re.sub(r"^ *```.*?^ *```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
        indented = re.findall(r"^ {4}(flask .+)$", text, re.MULTILINE)
        for span in [*indented, *re.findall(r"`([^`]+)`", text)]:
            words = " ".join(span.split())
            if _FLASK.search(words):
                found.add(_CHOICE.sub(r"\1", _FLASK.sub("", words)))
    return {command for command in found if _ANYTHING not in command}


def command_line() -> AppGroup:
    app = Flask(__name__)

    def none_is_called() -> OperatorServices:
        raise AssertionError

    add_commands(app, none_is_called)
    return app.cli


def accept(command: click.Command, words: list[str]) -> None:
    """Raises `click.UsageError` for what it would refuse; runs nothing."""
    while isinstance(command, click.Group) and words:
        name, words = words[0], words[1:]
        found = command.commands.get(name)
        assert found, name
        command = found
    if not isinstance(command, click.Group) and words:
        command.make_context(command.name, words)


def test_the_documents_name_commands() -> None:
    assert len(commands()) > 10


@pytest.mark.parametrize("command", sorted(commands()))
def test_a_documented_command_is_taken(command: str) -> None:
    accept(command_line(), [_GIVEN.get(word, word) for word in shlex.split(command)])


def table() -> list[list[str]]:
    """The commands of the README's table as words, without what may be left out."""
    rows = re.findall(r"^\| `flask ([^`]+)` \| (.+) \|$", DOCUMENTS[0].read_text(), re.MULTILINE)
    found = []
    for command, text in rows:
        name, *arguments = command.split()
        spans = [span.replace("\\|", "|") for span in re.findall(r"`([^`]+)`", text)]
        if arguments or not spans:
            found.append([name, *arguments])
        commands = command_line().commands[name]
        for span in spans:
            words = _CHOICE.sub(r"\1", re.sub(r"\[.*?\]", "", span)).split()
            if isinstance(commands, click.Group) and words[0] in commands.commands:
                found.append([name, *words])
    return found


def leaves(command: click.Command) -> Iterator[str]:
    for name, inner in command.commands.items() if isinstance(command, click.Group) else ():
        below = [f"{name} {rest}" for rest in leaves(inner)]
        yield from below or [name]


def test_the_readmes_table_has_each_command() -> None:
    known = set(leaves(command_line()))
    told = {" ".join(words[:2]) for words in table()} | {words[0] for words in table()}
    assert known - told == set()


@pytest.mark.parametrize("words", table(), ids=" ".join)
def test_a_command_of_the_readmes_table_is_taken(words: list[str]) -> None:
    accept(command_line(), [_GIVEN.get(word, word) for word in words])


def test_a_missing_option_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        accept(command_line(), ["secret", "set", new_ulid(), "--verify"])
