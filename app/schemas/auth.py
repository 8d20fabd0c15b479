"""Login, unwrapping: what comes in and goes out. Tokens leave here and nowhere else."""

from marshmallow import Schema, fields
from marshmallow.validate import Length

from app.schemas.fields import RequestSchema, RevealedField, SecretField

# The contract's names are camelCase.
# ruff: noqa: N815


class LoginSchema(RequestSchema):
    roleId = fields.String(required=True, validate=Length(1, 512))
    secretId = SecretField(required=True)


class SessionSchema(Schema):
    token = RevealedField(required=True)
    expiresIn = fields.Integer(
        attribute="expires_in", required=True, metadata={"description": "Seconds."}
    )
    teamId = fields.String(attribute="team_id", required=True, allow_none=True)


class UnwrapSchema(RequestSchema):
    wrappingToken = SecretField(required=True)


class UnwrappedSchema(Schema):
    secretId = RevealedField(required=True)
