"""A turn of the agent as it goes out."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from app.domain.payment import Method, Payment, Reason
from app.services.agent_answer import AgentAnswer, ToldMatter

# The contract's names are camelCase.
# ruff: noqa: N815


class CollectedSchema(Schema):
    name = fields.String(required=True, allow_none=True)
    location = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "E.164."})
    email = fields.String(required=True, allow_none=True)
    matterType = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    urgency = fields.String(
        required=True, allow_none=True, validate=OneOf(["low", "normal", "high", None])
    )


class MatterParametersSchema(Schema):
    matter_id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    phone = fields.String(required=True)
    location = fields.String(required=True)
    matter_type = fields.String(required=True, allow_none=True)
    description = fields.String(required=True)
    urgency = fields.String(required=True)


class ToolCallSchema(Schema):
    name = fields.String(required=True, validate=OneOf(["create_matter"]))
    parameters = fields.Nested(MatterParametersSchema, required=True)


class PaymentSchema(Schema):
    method = fields.Enum(Method, by_value=True, required=True)
    reason = fields.Enum(Reason, by_value=True, required=True, allow_none=True)
    invoiceUrl = fields.String(required=True, allow_none=True)
    paymentId = fields.String(required=True, allow_none=True)
    amount = fields.String(required=True, allow_none=True, metadata={"example": "75.00"})
    currency = fields.String(required=True)


class ToldMatterSchema(Schema):
    matterId = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null where the record could not be looked at."},
    )
    stored = fields.Boolean(
        required=True,
        metadata={"description": "Whether all that the client has told is on record."},
    )
    repeat = fields.Boolean(
        required=True, metadata={"description": "Whether it was on record before this turn."}
    )


class MetadataSchema(Schema):
    teamId = fields.String(required=True)
    sessionId = fields.String(required=True)
    requestId = fields.String(required=True)
    engine = fields.String(required=True, validate=OneOf(["rules", "llm"]))
    degraded = fields.Boolean(required=True)
    language = fields.String(
        required=True,
        metadata={"description": "Of the response, as a BCP 47 tag.", "example": "en"},
    )


class AgentAnswerSchema(Schema):
    """Describes what `agent_document` makes."""

    response = fields.String(required=True)
    workflow = fields.String(
        required=True, validate=OneOf(["intake", "matter_created", "out_of_scope"])
    )
    collected = fields.Nested(CollectedSchema, required=True)
    missing = fields.List(
        fields.String(validate=OneOf(["name", "location", "phone", "email", "matterType"])),
        required=True,
    )
    toolCalls = fields.List(fields.Nested(ToolCallSchema), required=True)
    payment = fields.Nested(PaymentSchema, required=True, allow_none=True)
    matter = fields.Nested(ToldMatterSchema, required=True, allow_none=True)
    metadata = fields.Nested(MetadataSchema, required=True)


def agent_document(answer: AgentAnswer, request_id: str) -> dict[str, Any]:
    """The answer as JSON has it. Written plainly: nested schemas would cost a third of a turn."""
    told = answer.collected
    return {
        "response": answer.response,
        "workflow": answer.workflow,
        "collected": {
            "name": told.name,
            "location": told.location,
            "phone": told.phone,
            "email": told.email,
            "matterType": told.matter_type,
            "description": told.description,
            "urgency": told.urgency,
        },
        "missing": list(answer.missing),
        "toolCalls": [
            {"name": call.name, "parameters": dict(call.parameters)} for call in answer.tool_calls
        ],
        "payment": payment_document(answer.payment) if answer.payment else None,
        "matter": matter_document(answer.matter) if answer.matter else None,
        "metadata": {
            "teamId": answer.team_id,
            "sessionId": answer.session_id,
            "requestId": request_id,
            "engine": answer.engine,
            "degraded": answer.degraded,
            "language": answer.language,
        },
    }


def payment_document(payment: Payment) -> dict[str, str | None]:
    return {
        "method": payment.method,
        "reason": payment.reason,
        "invoiceUrl": payment.invoice_url,
        "paymentId": payment.payment_id,
        "amount": payment.amount,
        "currency": payment.currency,
    }


def matter_document(matter: ToldMatter) -> dict[str, str | bool | None]:
    return {"matterId": matter.matter_id, "stored": matter.stored, "repeat": matter.repeat}
