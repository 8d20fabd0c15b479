"""A team's invoices over HTTP: what the agent billed, and what nobody knows."""

from typing import Any

from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry
from app.domain.payment import dollars
from app.errors import (
    BlawbyTimeout,
    BlawbyUnavailable,
    InvoiceSettled,
    KeyRejected,
    SecretNotFound,
    SecretUnusable,
    TeamNotFound,
    TeamUnusable,
)
from app.schemas.invoices import (
    InvoiceSchema,
    InvoicesPageSchema,
    InvoicesQuerySchema,
    ResolutionSchema,
)
from app.services.payments.review import Invoices
from app.web.envelope import Blueprint
from app.web.failures import fails
from app.web.requests import caller

Answer = dict[str, Any]
_BLAWBY = (BlawbyUnavailable, BlawbyTimeout, KeyRejected)


def blueprint(invoices: Invoices) -> Blueprint:
    blp = Blueprint("invoices", __name__, url_prefix="/api/teams", description="Invoices")

    @blp.get("/<team_id:team_id>/invoices")
    @blp.arguments(InvoicesQuerySchema, location="query")
    @blp.response(200, InvoicesPageSchema)
    @fails(TeamNotFound)
    def list_invoices(page: dict[str, Any], team_id: TeamId) -> Answer:
        """What the agent billed for a team (operators and its own members)."""
        found = invoices.page(caller(), team_id, page["after"], page["limit"])
        shown = [_shown(key, entry) for key, entry in found.entries]
        return {"invoices": shown, "count": len(shown), "next": found.next}

    @blp.post("/<team_id:team_id>/invoices/<intake_key:key>/resolve")
    @blp.arguments(ResolutionSchema)
    @blp.response(200, InvoiceSchema)
    @fails(TeamNotFound, TeamUnusable, SecretNotFound, SecretUnusable, InvoiceSettled, *_BLAWBY)
    def resolve_invoice(body: dict[str, Any], team_id: TeamId, key: str) -> Answer:
        """Settle an invoice whose outcome nobody knew, as you looked it up (operators)."""
        settled = invoices.resolve(caller(), team_id, key, body.get("paymentId"))
        return _shown(key, settled)

    return blp


def _shown(key: str, entry: LedgerEntry) -> Answer:
    return {
        "id": key,
        "state": entry.state,
        "amount": dollars(entry.amount),
        "currency": "USD",
        "paymentId": entry.invoice_id,
        "invoiceUrl": entry.payment_link,
        "startedAt": entry.started_at,
        "sessionId": entry.session_id or None,
    }
