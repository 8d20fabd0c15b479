"""Matters for members and operators."""

import re
from typing import Any

from marshmallow import Schema, fields, validate

from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.payment import Method, Reason
from app.schemas.fields import ListQuerySchema, about, limit_field
from app.schemas.payment import payment_document
from app.schemas.team_secrets import COUNT, NEXT
from app.services.matters.reading import MatterPage

# The contract's names are camelCase.
# ruff: noqa: N815

MATTER_ID = re.compile(r"[0-9a-f]{32}\Z")
STATES = ("unopened", "opened", *(state.value for state in BillState))
UNUSABLE = about("Ids of documents that are no matters; delete them.")
_ID = about("The matter's id.", pattern="^[0-9a-f]{32}$")


def after_field() -> fields.String:
    return fields.String(
        load_default=None,
        validate=validate.Regexp(MATTER_ID),
        metadata=about("The last id that you have.", pattern="^[0-9a-f]{32}$"),
    )


class MattersQuerySchema(ListQuerySchema):
    after = after_field()
    limit = limit_field()
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES),
        metadata=about("Opened or not, or how far the payment is."),
    )


class MatterPaymentSchema(Schema):
    method = fields.Enum(
        Method, by_value=True, required=True, metadata=about("How the client was to pay.")
    )
    reason = fields.Enum(
        Reason,
        by_value=True,
        required=True,
        allow_none=True,
        metadata=about("Why there is no invoice; null if there is one or none was wanted."),
    )
    state = fields.Enum(
        BillState, by_value=True, required=True, metadata=about("How far the payment is.")
    )


class MatterLabelSchema(Schema):
    matterId = fields.String(required=True, metadata=_ID)
    createdAt = fields.DateTime(format="iso", required=True, metadata=about("When it was filed."))
    matterType = fields.String(
        required=True, allow_none=True, metadata=about("The practice area.", example="Family Law")
    )
    urgency = fields.String(
        required=True, allow_none=True, metadata=about("As the client's words suggest it.")
    )
    payment = fields.Nested(
        MatterPaymentSchema, required=True, metadata=about("How it is paid, and how far that is.")
    )
    openedAt = fields.DateTime(
        format="iso",
        required=True,
        allow_none=True,
        metadata=about("When a member first opened it; null: nobody has."),
    )


class MattersPageSchema(Schema):
    matters = fields.List(
        fields.Nested(MatterLabelSchema),
        required=True,
        metadata=about("In the order of their ids."),
    )
    count = fields.Integer(required=True, metadata=COUNT)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
    unusable = fields.List(fields.String(), required=True, metadata=UNUSABLE)


class MatterClientSchema(Schema):
    name = fields.String(required=True, metadata=about("As the client gave it."))
    email = fields.String(required=True, metadata=about("As the client gave it."))
    phone = fields.String(required=True, metadata=about("E.164.", example="+12025550123"))
    location = fields.String(
        required=True, allow_none=True, metadata=about("As the client gave it.")
    )


class WordsSchema(Schema):
    at = fields.DateTime(format="iso", required=True, metadata=about("When it was put on record."))
    text = fields.String(required=True, metadata=about("The client's words."))


class WholePaymentSchema(MatterPaymentSchema):
    amount = fields.String(
        required=True, allow_none=True, metadata=about("Dollars and cents.", example="75.00")
    )
    currency = fields.String(required=True, metadata=about("Always `USD`.", example="USD"))
    invoiceUrl = fields.String(
        required=True, allow_none=True, metadata=about("Where the client pays.")
    )
    paymentId = fields.String(
        required=True, allow_none=True, metadata=about("Blawby's id of the invoice.", example="3")
    )


class MatterSchema(MatterLabelSchema):
    reference = fields.String(
        required=True, metadata=about("What the client was told.", example="3F9K-27QM")
    )
    client = fields.Nested(
        MatterClientSchema, required=True, metadata=about("The client's details.")
    )
    formerDetails = fields.List(
        fields.Nested(MatterClientSchema),
        required=True,
        metadata=about("The client's details before the client corrected them."),
    )
    words = fields.List(
        fields.Nested(WordsSchema),
        required=True,
        metadata=about("What the client said, and what was added later."),
    )
    language = fields.String(
        required=True, metadata=about("Of the conversation, as a BCP 47 tag.", example="en")
    )
    sessionId = fields.String(
        required=True, allow_none=True, metadata=about("As the client sent it.")
    )
    payment = fields.Nested(
        WholePaymentSchema, required=True, metadata=about("How it is paid, and how far that is.")
    )


class DeletedMatterSchema(Schema):
    matterId = fields.String(required=True, metadata=_ID)
    message = fields.String(required=True, metadata=about("A sentence for people."))


def wanted(state: str | None, label: MatterLabel) -> bool:
    """Whether a matter has the requested state."""
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
        "payment": payment_document(matter.bill.payment) | {"state": matter.bill.state},
        "openedAt": matter.opened_at,
    }
