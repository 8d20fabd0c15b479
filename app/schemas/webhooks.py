"""The secret that signs a team's webhooks."""

import re

from marshmallow import Schema, fields

from app.schemas.fields import RequestSchema, SecretField

# The contract's names are camelCase.
# ruff: noqa: N815


class WebhookSecretField(SecretField):
    """8 to 512 printable ASCII characters; `whsec_` and base64 by the Standard Webhooks."""

    pattern = re.compile(r"[!-~]{8,512}")
    wrong = "Not 8 to 512 printable ASCII characters without white space."


class WebhookSecretSchema(RequestSchema):
    secret = WebhookSecretField(required=True)


class WebhookSecretStoredSchema(Schema):
    teamId = fields.String(required=True)
    message = fields.String(required=True)
