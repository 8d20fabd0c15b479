"""Matters as members and operators see them."""

import re
from typing import Any

from marshmallow import Schema, fields, validate

from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.payment import Method, Payment, Reason
from app.services.matters.reading import MatterPage

# The contract's names are camelCase.
# ruff: noqa: N815

MATTER_ID = re.compile(r"[0-9a-f]{32}\Z")
STATES = ("unopened", "opened", *(state.value for state in BillState))
_ID_PATTERN = {"pattern": "^[0-9a-f]{32}$"}


def after_field() -> fields.String:
    return fields.String(
        load_default=None, validate=validate.Regexp(MATTER_ID), metadata=_ID_PATTERN
    )


def limit_field() -> fields.Integer:
    return fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class MattersQuerySchema(Schema):
    after = after_field()
    limit = limit_field()
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES),
        metadata={"description": "Opened or not, or how far the payment is."},
    )


class MatterPaymentSchema(Schema):
    method = fields.Enum(Method, by_value=True, required=True)
    reason = fields.Enum(Reason, by_value=True, required=True, allow_none=True)
    state = fields.Enum(BillState, by_value=True, required=True)


class MatterLabelSchema(Schema):
    matterId = fields.String(required=True, metadata=_ID_PATTERN)
    createdAt = fields.DateTime(format="iso", required=True)
    matterType = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, allow_none=True)
    payment = fields.Nested(MatterPaymentSchema, required=True)
    openedAt = fields.DateTime(format="iso", required=True, allow_none=True)


class MattersPageSchema(Schema):
    matters = fields.List(fields.Nested(MatterLabelSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    unusable = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Ids of documents that are no matters; delete them."},
    )


class MatterClientSchema(Schema):
    name = fields.String(required=True)
    email = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "E.164."})
    location = fields.String(required=True, allow_none=True)


class WordsSchema(Schema):
    at = fields.DateTime(format="iso", required=True)
    text = fields.String(required=True)


class WholePaymentSchema(MatterPaymentSchema):
    amount = fields.String(required=True, allow_none=True, metadata={"example": "75.00"})
    currency = fields.String(required=True)
    invoiceUrl = fields.String(required=True, allow_none=True)
    paymentId = fields.String(required=True, allow_none=True)


class MatterSchema(MatterLabelSchema):
    reference = fields.String(required=True, metadata={"example": "3F9K-27QM"})
    client = fields.Nested(MatterClientSchema, required=True)
    formerDetails = fields.List(
        fields.Nested(MatterClientSchema),
        required=True,
        metadata={"description": "The client's details before the client corrected them."},
    )
    words = fields.List(
        fields.Nested(WordsSchema),
        required=True,
        metadata={"description": "What the client said, and what was added later."},
    )
    language = fields.String(required=True, metadata={"example": "en"})
    sessionId = fields.String(required=True, allow_none=True)
    payment = fields.Nested(WholePaymentSchema, required=True)


class DeletedMatterSchema(Schema):
    matterId = fields.String(required=True, metadata=_ID_PATTERN)
    message = fields.String(required=True)


def wanted(state: str | None, label: MatterLabel) -> bool:
    """Whether a matter is of the asked state."""
    if state in ("unopened", "opened"):
        return (label.opened_at is not None) == (state == "opened")
    return state is None or label.state.value == state


def matters_document(page: MatterPage) -> dict[str, Any]:
    shown = [label_document(label) for label in page.labels]
    return {
        "matters": shown,
        "count": len(shown),
        "next": page.next,
        "unusable": list(page.unusable),
    }


def label_document(label: MatterLabel) -> dict[str, Any]:
    return {
        "matterId": label.key,
        "createdAt": label.created_at,
        "matterType": label.matter_type,
        "urgency": label.urgency,
        "payment": {"method": label.method, "reason": label.reason, "state": label.state},
        "openedAt": label.opened_at,
    }


def matter_document(matter: Matter) -> dict[str, Any]:
    return {
        "matterId": matter.key,
        "reference": matter.reference,
        "createdAt": matter.created_at,
        "matterType": matter.matter_type,
        "urgency": matter.urgency,
        "client": matter.client,
        "formerDetails": matter.clients[:-1],
        "words": matter.words,
        "language": matter.language,
        "sessionId": matter.session_id,
        "payment": _payment(matter.bill.payment) | {"state": matter.bill.state},
        "openedAt": matter.opened_at,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "method": payment.method,
        "reason": payment.reason,
        "amount": payment.amount,
        "currency": payment.currency,
        "invoiceUrl": payment.invoice_url,
        "paymentId": payment.payment_id,
    }
