"""`flask invoice …`"""

from typing import Any

import click

from app.cli.frame import TEAM_ID, Commands, caller, loaded
from app.cli.output import as_json, moment, print_done, print_list
from app.cli.services import services
from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry
from app.domain.payment import dollars
from app.errors import NotFound
from app.schemas.invoices import INTAKE_KEY, ResolutionSchema

_PAGE = 100


invoice_commands = Commands("invoice", help="What the agent billed, and outcomes that are unknown.")


@invoice_commands.command("list")
@click.argument("team_id", type=TEAM_ID)
@as_json
def list_all(team_id: TeamId, as_json: bool) -> None:
    """A team's invoices: id, state, amount, Blawby's id, when."""
    listed: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = services().invoices.page(caller(), team_id, after, _PAGE)
        listed += [_invoice(key, entry) for key, entry in page.entries]
        if page.next is None:
            break
        after = page.next
    print_list(as_json, ("id", "state", "amount", "payment id", "started"), listed)


@invoice_commands.command("resolve")
@click.argument("team_id", type=TEAM_ID)
@click.argument("invoice")
@click.argument("outcome", type=click.Choice(["invoiced", "failed"]))
@click.option("--payment-id", help="Blawby's id of the invoice, with the outcome invoiced.")
@as_json
def resolve(
    team_id: TeamId, invoice: str, outcome: str, payment_id: str | None, as_json: bool
) -> None:
    """Record the outcome of an invoice in state `unknown`, as you looked it up at Blawby."""
    document = {"outcome": outcome} | ({"paymentId": payment_id} if payment_id else {})
    found = loaded(ResolutionSchema(), document)
    if not INTAKE_KEY.fullmatch(invoice):
        raise NotFound
    settled = services().invoices.resolve(caller(), team_id, invoice, found.get("paymentId"))
    print_done(as_json, _invoice(invoice, settled), f"{invoice} is {settled.state} now.")


def _invoice(key: str, entry: LedgerEntry) -> dict[str, Any]:
    return {
        "id": key,
        "state": entry.state.value,
        "amount": dollars(entry.amount),
        "paymentId": entry.invoice_id,
        "startedAt": moment(entry.started_at),
    }
