"""The operator's command line: `flask team`, `flask secret`, `flask invoice`, `flask agent`."""

from app.cli.agent import agent_commands
from app.cli.invoices import invoice_commands
from app.cli.secrets import secret_commands
from app.cli.teams import team_commands

__all__ = ["agent_commands", "invoice_commands", "secret_commands", "team_commands"]
