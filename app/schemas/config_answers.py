"""The part of a team's configuration that the conversation answers with (docs/conversation.md)."""

import re

from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Length, Regexp

from app.domain.origins import PORT_PATTERN
from app.schemas.fields import LineField, about

# The contract's names are camelCase.
# ruff: noqa: N815

_text = Length(1, 1000)
_MOST_ANSWERS = 100
# No user name before the host: `https://app.blawby.com@elsewhere` is a link to elsewhere.
_NAME = r"[A-Za-z0-9](-*[A-Za-z0-9])*"
HTTPS_PATTERN = rf"https://{_NAME}(\.{_NAME})*(:{PORT_PATTERN})?([/?#][!-~]*)?"
https = Regexp(re.compile(rf"{HTTPS_PATTERN}\Z"), error="Not an https URL.")


class FaqSchema(Schema):
    """A question that clients ask, and the team's own answer."""

    class Meta:
        unknown = INCLUDE

    question = fields.String(
        required=True,
        validate=_text,
        metadata=about("As a client may ask it.", example="Do you have parking?"),
    )
    answer = fields.String(
        required=True,
        validate=_text,
        metadata=about("What the agent answers.", example="Yes, in the garage next door."),
    )


class AnswersSchema(Schema):
    class Meta:
        unknown = INCLUDE

    hours = LineField(
        allow_none=True,
        metadata=about("When the office is open.", example="Monday to Friday, 9 am to 5 pm"),
    )
    address = LineField(allow_none=True, metadata=about("Where the office is."))
    phone = LineField(
        allow_none=True,
        metadata=about("The number that clients may call.", example="919-555-0100"),
    )
    email = fields.Email(
        allow_none=True,
        metadata=about("The address that clients may write to.", example="help@firm.example"),
    )
    website = fields.String(
        allow_none=True,
        validate=[Length(max=2048), https],
        metadata=about(
            "The team's web site.", pattern=f"^{HTTPS_PATTERN}$", example="https://firm.example"
        ),
    )
    languages = fields.List(
        LineField(),
        validate=Length(max=_MOST_ANSWERS),
        metadata=about("What the staff speaks.", example=["English", "Spanish"]),
    )
    feeCovers = LineField(
        allow_none=True,
        metadata=about("What the fee covers.", example="a 30-minute call with an attorney"),
    )
    paymentPlans = fields.String(
        allow_none=True, validate=_text, metadata=about("How the fee can be paid in parts.")
    )
    responseTime = LineField(
        allow_none=True,
        metadata=about("When somebody will call.", example="within one business day"),
    )
    confidentiality = fields.String(
        allow_none=True,
        validate=_text,
        metadata=about("What the team promises about the privacy of the chat."),
    )
    existingClients = fields.String(
        allow_none=True,
        validate=_text,
        metadata=about("What clients with a running case should do."),
    )
    faq = fields.List(
        fields.Nested(FaqSchema),
        validate=Length(max=_MOST_ANSWERS),
        metadata=about("Questions that clients ask, with the team's answers."),
    )
