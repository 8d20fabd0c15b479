"""The command line: `flask team`, `secret`, `matter`, `invoice`, `agent`, `support` and
`attention`.

In reading order: `entry` (what `flask` loads), `services` (what the commands call), `frame`
(errors, tokens, arguments), `output` (tables, JSON), `paging` (lists), then a module for each
group; `team_files` is `flask team import` and `export`, `log_files` reads what `flask support` is
given.
"""

from collections.abc import Callable

from flask import Flask

from app.cli.agent import agent_commands
from app.cli.attention import list_attention
from app.cli.invoices import invoice_commands
from app.cli.matters import matter_commands
from app.cli.secrets import secret_commands
from app.cli.services import OperatorServices, provide
from app.cli.support import tell_story
from app.cli.teams import team_commands

__all__ = ["OperatorServices", "add_commands"]


def add_commands(app: Flask, services: Callable[[], OperatorServices]) -> None:
    """`services` is called when a command runs, and not for `--help`."""
    provide(app, services)
    groups = (team_commands, secret_commands, matter_commands, invoice_commands, agent_commands)
    for command in (*groups, tell_story, list_attention):
        app.cli.add_command(command)
