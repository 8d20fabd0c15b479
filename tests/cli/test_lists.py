"""Lists without an entry: a note for people, the same JSON as ever for machines."""

import inspect
import json
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask as App

from app.cli import OperatorServices, add_commands
from tests.cli.test_frame import TEAM_ID, leaves, without_services

LISTS = {
    "team list": [],
    "secret versions": [TEAM_ID],
    "secret due": [],
    "matter list": [TEAM_ID],
    "invoice list": [TEAM_ID],
    "invoice list --unknown": [],
    "attention": [],
}


def empty() -> OperatorServices:
    """Services that know of nothing."""
    page = SimpleNamespace(teams=(), labels=(), invoices=(), keys=(), unusable=(), next=None)
    pages = SimpleNamespace(page=lambda *_: page, unknown=lambda *_: page)
    nothing = SimpleNamespace(
        **dict.fromkeys(("versions", "fingerprints", "due"), lambda *_: ()),
    )
    known = dict.fromkeys(("teams", "matters", "invoices", "attention"), pages)
    known |= dict.fromkeys(("views", "rotation"), nothing)
    return cast(OperatorServices, SimpleNamespace(**known))


def test_no_list_is_left_out() -> None:
    listing = {
        name
        for name, command in leaves(without_services().cli)
        if command.callback and "print_list(" in inspect.getsource(inspect.unwrap(command.callback))
    }
    assert listing == {name.removesuffix(" --unknown") for name in LISTS}


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_is_told(name: str) -> None:
    app = App("empty")
    add_commands(app, empty)
    environment = {"VAULT_TOKEN": "any"}
    arguments = [*name.split(), *LISTS[name]]
    told = app.test_cli_runner().invoke(args=arguments, env=environment)
    assert (told.exit_code, told.stdout, told.stderr) == (0, "", "Nothing to list.\n")
    told = app.test_cli_runner().invoke(args=[*arguments, "--json"], env=environment)
    assert (told.exit_code, json.loads(told.stdout), told.stderr) == (0, [], "")
