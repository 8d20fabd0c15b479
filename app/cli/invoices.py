"""`flask invoice …`"""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from app.cli.frame import TEAM_ID, Commands, caller, loaded
from app.domain.ids import TeamId
from app.domain.payment import dollars
from app.errors import NotFound
from app.schemas.invoices import ResolutionSchema
from app.schemas.matters import MATTER_ID
from app.services.payments.review import InvoicePage, Invoices


def invoice_commands(invoices: Invoices) -> AppGroup:
    group = Commands("invoice", help="What the agent billed, and settling what nobody knows.")

    @group.command("list")
    @click.argument("team_id", type=TEAM_ID, required=False)
    @click.option("--unknown", is_flag=True, help="Over all teams, those nobody knows about.")
    def list_all(team_id: TeamId | None, unknown: bool) -> None:
        """A team's invoices, a line each: id, state, amount, Blawby's id, when. With --unknown
        those of all teams whose outcome nobody knows, with the team's id in front."""
        if unknown == (team_id is not None):
            raise click.UsageError("Name a team, or ask for --unknown.")
        if team_id is None:
            _all(lambda after: invoices.unknown(caller(), after, 100), with_team=True)
        else:
            _all(lambda after: invoices.page(caller(), team_id, after, 100), with_team=False)

    @group.command("resolve")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("invoice")
    @click.argument("outcome", type=click.Choice(["invoiced", "failed"]))
    @click.option("--payment-id", help="Blawby's id of the invoice, with the outcome invoiced.")
    def resolve(team_id: TeamId, invoice: str, outcome: str, payment_id: str | None) -> None:
        """Record the outcome of an invoice in state `unknown`, as you looked it up at Blawby."""
        document = {"outcome": outcome} | ({"paymentId": payment_id} if payment_id else {})
        found = loaded(ResolutionSchema(), document)
        if not MATTER_ID.fullmatch(invoice):
            raise NotFound
        settled = invoices.resolve(caller(), team_id, invoice, found.get("paymentId"))
        click.echo(f"{invoice} is {settled.label.state} now.")

    return group


def _all(read: Callable[[str | None], InvoicePage], with_team: bool) -> None:
    after: str | None = None
    while True:
        page = read(after)
        for invoice in page.invoices:
            label = invoice.label
            told: list[str] = [invoice.team_id] if with_team else []
            told += [label.key, label.state, dollars(label.amount), label.invoice_id or "-"]
            told.append(label.started_at.isoformat() if label.started_at else "-")
            click.echo("\t".join(told))
        for key in page.unusable:
            click.echo(f"{key} is no matter and was left out.", err=True)
        if page.next is None:
            return
        after = page.next
