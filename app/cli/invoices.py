"""`flask invoice …`"""

from typing import Any

import click

from app.cli.frame import TEAM_ID, Commands, caller, loaded
from app.cli.output import as_json, moment, print_done, print_list
from app.cli.paging import matter_pages
from app.cli.services import services
from app.domain.ids import TeamId
from app.domain.payment import dollars
from app.errors import NotFound
from app.schemas.invoices import ResolutionSchema
from app.schemas.matters import MATTER_ID
from app.services.payments.review import ShownInvoice

_PAGE = 100
_HEADINGS = ("team", "id", "state", "amount", "payment id", "started")

invoice_commands = Commands("invoice", help="What the agent billed, and outcomes that are unknown.")


@invoice_commands.command("list")
@click.argument("team_id", type=TEAM_ID, required=False)
@click.option("--unknown", is_flag=True, help="Over all teams, those nobody knows about.")
@as_json
def list_all(team_id: TeamId | None, unknown: bool, as_json: bool) -> None:
    """A team's invoices: team, id, state, amount, Blawby's id, date. With --unknown the unknown
    ones of all teams."""
    if unknown == (team_id is not None):
        raise click.UsageError("Name a team, or ask for --unknown.")
    invoices = services().invoices
    if team_id is None:
        found = matter_pages(lambda after: invoices.unknown(caller(), after, _PAGE))
    else:
        found = matter_pages(lambda after: invoices.page(caller(), team_id, after, _PAGE))
    listed = [_invoice(invoice) for page in found for invoice in page.invoices]
    print_list(as_json, _HEADINGS, listed)


@invoice_commands.command("resolve")
@click.argument("team_id", type=TEAM_ID)
@click.argument("invoice")
@click.argument("outcome", type=click.Choice(["invoiced", "failed"]))
@click.option("--payment-id", help="Blawby's id of the invoice, with the outcome invoiced.")
@as_json
def resolve(
    team_id: TeamId, invoice: str, outcome: str, payment_id: str | None, as_json: bool
) -> None:
    """Record the outcome of an invoice in state `unknown` after you looked it up at Blawby."""
    document = {"outcome": outcome} | ({"paymentId": payment_id} if payment_id else {})
    found = loaded(ResolutionSchema(), document)
    if not MATTER_ID.fullmatch(invoice):
        raise NotFound
    settled = services().invoices.resolve(caller(), team_id, invoice, found.get("paymentId"))
    print_done(as_json, _invoice(settled), f"{invoice} is {settled.label.state} now.")


def _invoice(invoice: ShownInvoice) -> dict[str, Any]:
    label = invoice.label
    return {
        "teamId": invoice.team_id,
        "id": label.key,
        "state": label.state.value,
        "amount": dollars(label.amount),
        "paymentId": label.invoice_id,
        "startedAt": moment(label.started_at) if label.started_at else None,
    }
