"""Invoices as operators and members see them: nothing of the client's person is in them."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.domain.ledger import LedgerState
from app.schemas.fields import about
from app.schemas.team_secrets import COUNT, NEXT

# The contract's names are camelCase.
# ruff: noqa: N815

INTAKE_KEY = re.compile(r"[0-9a-f]{32}\Z")
_key = validate.Regexp(INTAKE_KEY)
_described_key = {"pattern": "^[0-9a-f]{32}$"}
_payment_id = validate.Regexp(re.compile(r"[A-Za-z0-9_-]{1,64}\Z"))
_described_payment_id = {"pattern": "^[A-Za-z0-9_-]{1,64}$"}


class InvoicesQuerySchema(Schema):
    after = fields.String(
        load_default=None,
        validate=_key,
        metadata=about("The last id that you have.", **_described_key),
    )
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, 1000), metadata=about("How many at most.")
    )


class InvoiceSchema(Schema):
    id = fields.String(required=True, metadata=about("The intake's key in the ledger."))
    state = fields.Enum(
        LedgerState,
        by_value=True,
        required=True,
        metadata=about("`unknown`: it may exist; look it up at Blawby and resolve it."),
    )
    amount = fields.String(required=True, metadata=about("Dollars and cents.", example="75.00"))
    currency = fields.String(required=True, metadata=about("Always `USD`.", example="USD"))
    paymentId = fields.String(
        required=True, allow_none=True, metadata=about("Blawby's id of the invoice.", example="3")
    )
    invoiceUrl = fields.String(
        required=True, allow_none=True, metadata=about("Where the client pays.")
    )
    startedAt = fields.DateTime(
        format="iso", required=True, metadata=about("When the agent began to bill.")
    )
    sessionId = fields.String(
        required=True, allow_none=True, metadata=about("As the client sent it.")
    )


class InvoicesPageSchema(Schema):
    invoices = fields.List(
        fields.Nested(InvoiceSchema), required=True, metadata=about("In the order of their ids.")
    )
    count = fields.Integer(required=True, metadata=COUNT)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)


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
