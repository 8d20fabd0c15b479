"""The operator's command line: `flask team`, `secret`, `matter`, `invoice` and `agent`."""

from app.cli.agent import agent_commands
from app.cli.invoices import invoice_commands
from app.cli.matters import matter_commands
from app.cli.secrets import secret_commands
from app.cli.teams import team_commands

__all__ = [
    "agent_commands",
    "invoice_commands",
    "matter_commands",
    "secret_commands",
    "team_commands",
]
