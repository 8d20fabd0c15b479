"""`flask invoice …`"""

import click
from flask.cli import AppGroup

from app.cli.frame import TEAM_ID, Commands, caller, loaded
from app.domain.ids import TeamId
from app.domain.payment import dollars
from app.errors import NotFound
from app.schemas.invoices import INTAKE_KEY, ResolutionSchema
from app.services.payments.review import Invoices


def invoice_commands(invoices: Invoices) -> AppGroup:
    group = Commands("invoice", help="What the agent billed, and settling what nobody knows.")

    @group.command("list")
    @click.argument("team_id", type=TEAM_ID)
    def list_all(team_id: TeamId) -> None:
        """A team's invoices, a line each: id, state, amount, Blawby's id, when."""
        after: str | None = None
        while True:
            page = invoices.page(caller(), team_id, after, 100)
            for key, entry in page.entries:
                told = (key, entry.state, dollars(entry.amount), entry.invoice_id or "-")
                click.echo("\t".join((*told, entry.started_at.isoformat())))
            if page.next is None:
                return
            after = page.next

    @group.command("resolve")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("invoice")
    @click.argument("outcome", type=click.Choice(["invoiced", "failed"]))
    @click.option("--payment-id", help="Blawby's id of the invoice, with the outcome invoiced.")
    def resolve(team_id: TeamId, invoice: str, outcome: str, payment_id: str | None) -> None:
        """Settle an invoice whose outcome nobody knew, as you looked it up at Blawby."""
        document = {"outcome": outcome} | ({"paymentId": payment_id} if payment_id else {})
        found = loaded(ResolutionSchema(), document)
        if not INTAKE_KEY.fullmatch(invoice):
            raise NotFound
        settled = invoices.resolve(caller(), team_id, invoice, found.get("paymentId"))
        click.echo(f"{invoice} is {settled.state} now.")

    return group
