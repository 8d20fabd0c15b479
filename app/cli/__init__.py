"""The operator's command line: `flask team`, `flask secret`, `flask matter`, `flask invoice`."""

from app.cli.invoices import invoice_commands
from app.cli.matters import matter_commands
from app.cli.secrets import secret_commands
from app.cli.teams import team_commands

__all__ = ["invoice_commands", "matter_commands", "secret_commands", "team_commands"]
