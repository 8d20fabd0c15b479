"""The answer of a turn of the agent."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from app.domain.payment import Method, Reason
from app.schemas.fields import about
from app.schemas.payment import payment_document
from app.services.agent_answer import AgentAnswer, ToldMatter

# The contract's names are camelCase.
# ruff: noqa: N815


class CollectedSchema(Schema):
    """Each is null until the client gives it."""

    name = fields.String(required=True, allow_none=True, metadata=about("The client's name."))
    location = fields.String(
        required=True, allow_none=True, metadata=about("City and state.", example="Raleigh, NC")
    )
    phone = fields.String(
        required=True, allow_none=True, metadata=about("E.164.", example="+19198321234")
    )
    email = fields.String(required=True, allow_none=True, metadata=about("The client's address."))
    matterType = fields.String(
        required=True, allow_none=True, metadata=about("One of the team's services.")
    )
    description = fields.String(
        required=True, allow_none=True, metadata=about("The matter in the client's words.")
    )
    urgency = fields.String(
        required=True,
        allow_none=True,
        validate=OneOf(["low", "normal", "high", None]),
        metadata=about("How soon it has to be looked at."),
    )


class MatterParametersSchema(Schema):
    matter_id = fields.String(required=True, metadata=about("The matter's id on record."))
    name = fields.String(required=True, metadata=about("As in `collected`."))
    email = fields.String(required=True, metadata=about("As in `collected`."))
    phone = fields.String(required=True, metadata=about("As in `collected`."))
    location = fields.String(required=True, metadata=about("As in `collected`."))
    matter_type = fields.String(
        required=True, allow_none=True, metadata=about("As in `collected`.")
    )
    description = fields.String(required=True, metadata=about("As in `collected`."))
    urgency = fields.String(required=True, metadata=about("As in `collected`."))


class ToolCallSchema(Schema):
    name = fields.String(
        required=True, validate=OneOf(["create_matter"]), metadata=about("What the agent did.")
    )
    parameters = fields.Nested(
        MatterParametersSchema, required=True, metadata=about("What it did that with.")
    )


class PaymentSchema(Schema):
    method = fields.Enum(
        Method,
        by_value=True,
        required=True,
        metadata=about("How the client pays. The table is in docs/api.md."),
    )
    reason = fields.Enum(
        Reason,
        by_value=True,
        required=True,
        allow_none=True,
        metadata=about("Why there is no invoice; null if there is one or none was wanted."),
    )
    invoiceUrl = fields.String(
        required=True, allow_none=True, metadata=about("Where the client pays; null: no link.")
    )
    paymentId = fields.String(
        required=True, allow_none=True, metadata=about("Blawby's id of the invoice.", example="3")
    )
    amount = fields.String(
        required=True, allow_none=True, metadata=about("Dollars and cents.", example="75.00")
    )
    currency = fields.String(required=True, metadata=about("Always `USD`.", example="USD"))


class ToldMatterSchema(Schema):
    matterId = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Null where the record could not be looked at."),
    )
    stored = fields.Boolean(
        required=True,
        metadata=about("Whether all that the client has told is on record."),
    )
    repeat = fields.Boolean(
        required=True, metadata=about("Whether it was on record before this turn.")
    )


class MetadataSchema(Schema):
    teamId = fields.String(required=True, metadata=about("The team's id, also if asked by slug."))
    sessionId = fields.String(
        required=True, metadata=about("Yours, or one that was made for this request.")
    )
    requestId = fields.String(required=True, metadata=about("As in `X-Request-ID`."))
    engine = fields.String(
        required=True,
        validate=OneOf(["rules", "llm"]),
        metadata=about("`llm`: a language model's answer was read too."),
    )
    degraded = fields.Boolean(
        required=True,
        metadata=about("Whether Vault was away and older values were used, or the model was away."),
    )
    language = fields.String(
        required=True, metadata=about("Of the response, as a BCP 47 tag.", example="en")
    )


class AgentAnswerSchema(Schema):
    """Describes the output of `agent_document`."""

    response = fields.String(required=True, metadata=about("What to show to the client."))
    workflow = fields.String(
        required=True,
        validate=OneOf(["intake", "matter_created", "out_of_scope"]),
        metadata=about("Where the conversation stands."),
    )
    collected = fields.Nested(
        CollectedSchema, required=True, metadata=about("What the client has told so far.")
    )
    missing = fields.List(
        fields.String(validate=OneOf(["name", "location", "phone", "email", "matterType"])),
        required=True,
        metadata=about("What is still to be told."),
    )
    toolCalls = fields.List(
        fields.Nested(ToolCallSchema), required=True, metadata=about("What the agent did.")
    )
    payment = fields.Nested(
        PaymentSchema,
        required=True,
        allow_none=True,
        metadata=about("How the client pays; null until the matter is created."),
    )
    matter = fields.Nested(
        ToldMatterSchema,
        required=True,
        allow_none=True,
        metadata=about("What is on record of it; null until the matter is created."),
    )
    metadata = fields.Nested(MetadataSchema, required=True, metadata=about("About this answer."))


def agent_document(answer: AgentAnswer, request_id: str) -> dict[str, Any]:
    """The answer as JSON. Written without nested schemas, which would cost a third of a turn."""
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


def matter_document(matter: ToldMatter) -> dict[str, str | bool | None]:
    return {"matterId": matter.matter_id, "stored": matter.stored, "repeat": matter.repeat}
