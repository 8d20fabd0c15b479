"""Invoices as operators and members see them: nothing of the client's person is in them."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.domain.matter import BillState
from app.domain.payment import dollars
from app.domain.worklist import ITEM_NAME
from app.schemas.matters import after_field, limit_field
from app.services.payments.review import InvoicePage, ShownInvoice

# The contract's names are camelCase.
# ruff: noqa: N815

_payment_id = validate.Regexp(re.compile(r"[A-Za-z0-9_-]{1,64}\Z"))
_described_payment_id = {"pattern": "^[A-Za-z0-9_-]{1,64}$"}
_INVOICED = [state.value for state in BillState if state not in (BillState.NONE, BillState.LINK)]


class InvoicesQuerySchema(Schema):
    after = after_field()
    limit = limit_field()


class UnknownInvoicesQuerySchema(Schema):
    state = fields.String(load_default="unknown", validate=validate.OneOf(["unknown"]))
    after = fields.String(
        load_default=None,
        validate=validate.Regexp(re.compile(rf"{ITEM_NAME.pattern}\Z")),
        metadata={"pattern": f"^{ITEM_NAME.pattern}$"},
    )
    limit = limit_field()


class InvoiceSchema(Schema):
    id = fields.String(required=True, metadata={"description": "The matter's id."})
    teamId = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(_INVOICED))
    amount = fields.String(required=True, metadata={"example": "75.00"})
    currency = fields.String(required=True)
    paymentId = fields.String(required=True, allow_none=True)
    invoiceUrl = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the team's members; null for operators."},
    )
    startedAt = fields.DateTime(format="iso", required=True, allow_none=True)
    sessionId = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the team's members; null for operators."},
    )


class InvoicesPageSchema(Schema):
    invoices = fields.List(fields.Nested(InvoiceSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    unusable = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Ids of documents that are no matters; delete them."},
    )


class ResolutionSchema(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(["invoiced", "failed"]))
    paymentId = fields.String(validate=_payment_id, metadata=_described_payment_id)

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
