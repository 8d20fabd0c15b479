"""The operator's command line: `flask team`, `flask secret` and `flask invoice`."""

from app.cli.invoices import invoice_commands
from app.cli.secrets import secret_commands
from app.cli.teams import team_commands

__all__ = ["invoice_commands", "secret_commands", "team_commands"]
