"""Invoices for operators and members, without the client's person."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.domain.matter import BillState
from app.domain.payment import dollars
from app.domain.worklist import ITEM_NAME
from app.schemas.fields import ListQuerySchema, about, limit_field
from app.schemas.matters import UNUSABLE, after_field
from app.schemas.team_secrets import COUNT, NEXT
from app.services.payments.review import InvoicePage, ShownInvoice

# The contract's names are camelCase.
# ruff: noqa: N815

_payment_id = validate.Regexp(re.compile(r"[A-Za-z0-9_-]{1,64}\Z"))
_described_payment_id = {"pattern": "^[A-Za-z0-9_-]{1,64}$"}
_INVOICED = [state.value for state in BillState if state not in (BillState.NONE, BillState.LINK)]


class InvoicesQuerySchema(ListQuerySchema):
    after = after_field()
    limit = limit_field()


class UnknownInvoicesQuerySchema(ListQuerySchema):
    state = fields.String(
        load_default="unknown",
        validate=validate.OneOf(["unknown"]),
        metadata=about("Only those whose outcome nobody knows are listed over all teams."),
    )
    after = fields.String(
        load_default=None,
        validate=validate.Regexp(re.compile(rf"{ITEM_NAME.pattern}\Z")),
        metadata=about("`next` of the page before.", pattern=f"^{ITEM_NAME.pattern}$"),
    )
    limit = limit_field()


class InvoiceSchema(Schema):
    id = fields.String(required=True, metadata=about("The matter's id."))
    teamId = fields.String(required=True, metadata=about("The team's id."))
    state = fields.String(
        required=True,
        validate=validate.OneOf(_INVOICED),
        metadata=about("`unknown`: it may exist; look it up at Blawby and resolve it."),
    )
    amount = fields.String(required=True, metadata=about("Dollars and cents.", example="75.00"))
    currency = fields.String(required=True, metadata=about("Always `USD`.", example="USD"))
    paymentId = fields.String(
        required=True, allow_none=True, metadata=about("Blawby's id of the invoice.", example="3")
    )
    invoiceUrl = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Where the client pays, for the team's members; null for operators."),
    )
    startedAt = fields.DateTime(
        format="iso", required=True, allow_none=True, metadata=about("When it was asked for.")
    )
    sessionId = fields.String(
        required=True,
        allow_none=True,
        metadata=about("As the client sent it, for the team's members; null for operators."),
    )


class InvoicesPageSchema(Schema):
    invoices = fields.List(
        fields.Nested(InvoiceSchema), required=True, metadata=about("In the order of their ids.")
    )
    count = fields.Integer(required=True, metadata=COUNT)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
    unusable = fields.List(fields.String(), required=True, metadata=UNUSABLE)


class ResolutionSchema(Schema):
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["invoiced", "failed"]),
        metadata=about("What you found at Blawby."),
    )
    paymentId = fields.String(
        validate=_payment_id,
        metadata=about(
            "Blawby's id of the invoice, with `invoiced` alone.",
            example="3",
            **_described_payment_id,
        ),
    )

    @validates_schema
    def _fits(self, loaded: dict[str, Any], **_: Any) -> None:
        if (loaded["outcome"] == "invoiced") != ("paymentId" in loaded):
            raise ValidationError("Given with the outcome invoiced, and only then.", "paymentId")


def invoice_document(invoice: ShownInvoice) -> dict[str, Any]:
    label, matter = invoice.label, invoice.matter
    return {
        "id": label.key,
        "teamId": invoice.team_id,
        "state": label.state.value,
        "amount": dollars(label.amount),
        "currency": "USD",
        "paymentId": label.invoice_id,
        "invoiceUrl": matter.bill.invoice_link if matter else None,
        "startedAt": label.started_at,
        "sessionId": matter.session_id if matter else None,
    }


def invoices_document(page: InvoicePage) -> dict[str, Any]:
    shown = [invoice_document(invoice) for invoice in page.invoices]
    return {
        "invoices": shown,
        "count": len(shown),
        "next": page.next,
        "unusable": list(page.unusable),
    }
