"""Invoices over HTTP: billed by the agent, and those with an unknown outcome."""

from typing import Any

from app.domain.ids import TeamId
from app.errors import (
    BlawbyTimeout,
    BlawbyUnavailable,
    InvoiceSettled,
    KeyRejected,
    MatterUnusable,
    NotFound,
    SecretNotFound,
    SecretUnusable,
    TeamNotFound,
)
from app.schemas.invoices import (
    InvoiceSchema,
    InvoicesPageSchema,
    InvoicesQuerySchema,
    ResolutionSchema,
    UnknownInvoicesQuerySchema,
    invoice_document,
    invoices_document,
)
from app.services.payments.review import Invoices
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.requests import caller

Answer = dict[str, Any]
_BLAWBY = (BlawbyUnavailable, BlawbyTimeout, KeyRejected)


def blueprint(invoices: Invoices) -> Blueprint:
    blp = Blueprint("invoices", __name__, url_prefix="/api", description="Invoices")

    @blp.get("/invoices")
    @blp.arguments(UnknownInvoicesQuerySchema, location="query")
    @blp.response(200, InvoicesPageSchema)
    def list_unknown_invoices(page: dict[str, Any]) -> Answer:
        """Unknown invoices of all teams, the oldest first (operators)."""
        return invoices_document(invoices.unknown(caller(), page["after"], page["limit"]))

    @blp.get("/teams/<team_id:team_id>/invoices")
    @blp.arguments(InvoicesQuerySchema, location="query")
    @blp.response(200, InvoicesPageSchema)
    @fails(TeamNotFound)
    def list_invoices(page: dict[str, Any], team_id: TeamId) -> Answer:
        """Invoices of a team (operators and its own members)."""
        return invoices_document(invoices.page(caller(), team_id, page["after"], page["limit"]))

    @blp.post("/teams/<team_id:team_id>/invoices/<matter_id:key>/resolve")
    @blp.arguments(ResolutionSchema)
    @blp.response(200, InvoiceSchema)
    @fails(NotFound, MatterUnusable, SecretNotFound, SecretUnusable, InvoiceSettled, *_BLAWBY)
    def resolve_invoice(body: dict[str, Any], team_id: TeamId, key: str) -> Answer:
        """Record the outcome of an unknown invoice after you looked it up (operators)."""
        return invoice_document(invoices.resolve(caller(), team_id, key, body.get("paymentId")))

    return blp
