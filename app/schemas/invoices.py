"""Invoices as operators and members see them: nothing of the client's person is in them."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.domain.ledger import LedgerState

# The contract's names are camelCase.
# ruff: noqa: N815

INTAKE_KEY = re.compile(r"[0-9a-f]{32}\Z")
_key = validate.Regexp(INTAKE_KEY)
_described_key = {"pattern": "^[0-9a-f]{32}$"}
_payment_id = validate.Regexp(re.compile(r"[A-Za-z0-9_-]{1,64}\Z"))
_described_payment_id = {"pattern": "^[A-Za-z0-9_-]{1,64}$"}


class InvoicesQuerySchema(Schema):
    after = fields.String(load_default=None, validate=_key, metadata=_described_key)
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class InvoiceSchema(Schema):
    id = fields.String(required=True)
    state = fields.Enum(LedgerState, by_value=True, required=True)
    amount = fields.String(required=True, metadata={"example": "75.00"})
    currency = fields.String(required=True)
    paymentId = fields.String(required=True, allow_none=True)
    invoiceUrl = fields.String(required=True, allow_none=True)
    startedAt = fields.DateTime(format="iso", required=True)
    sessionId = fields.String(required=True, allow_none=True)


class InvoicesPageSchema(Schema):
    invoices = fields.List(fields.Nested(InvoiceSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)


class ResolutionSchema(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(["invoiced", "failed"]))
    paymentId = fields.String(validate=_payment_id, metadata=_described_payment_id)

    @validates_schema
    def _fits(self, loaded: dict[str, Any], **_: Any) -> None:
        if (loaded["outcome"] == "invoiced") != ("paymentId" in loaded):
            raise ValidationError("Given with the outcome invoiced, and only then.", "paymentId")
