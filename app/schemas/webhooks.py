"""The secret that signs a team's webhooks."""

import re

from marshmallow import Schema, fields

from app.domain.secret import SecretString
from app.schemas.fields import RequestSchema, SecretField, about

# The contract's names are camelCase.
# ruff: noqa: N815


_SECRET = re.compile(r"[!-~]{8,512}")


class WebhookSecretField(SecretField):
    """8 to 512 printable ASCII characters; `whsec_` and base64 by the Standard Webhooks."""

    described = f"^{_SECRET.pattern}$"
    wrong = "Not 8 to 512 printable ASCII characters without white space."

    def _read(self, text: str) -> SecretString | None:
        return SecretString(text) if _SECRET.fullmatch(text) else None


class WebhookSecretSchema(RequestSchema):
    secret = WebhookSecretField(
        required=True, metadata=about("What webhooks are signed with. It is never shown.")
    )


class WebhookSecretStoredSchema(Schema):
    teamId = fields.String(required=True, metadata=about("The team's id."))
    message = fields.String(required=True, metadata=about("A sentence for people."))
