"""Login, unwrapping: what comes in and goes out. Tokens leave here and nowhere else."""

from marshmallow import Schema, fields
from marshmallow.validate import Length

from app.schemas.fields import SecretField

# The contract's names are camelCase.
# ruff: noqa: N815


class LoginSchema(Schema):
    roleId = fields.String(required=True, validate=Length(1, 512))
    secretId = SecretField(required=True, load_only=True)


class SessionSchema(Schema):
    token = fields.Function(lambda login: login.token.reveal())
    expiresIn = fields.Integer(attribute="expires_in", metadata={"description": "Seconds."})
    teamId = fields.String(attribute="team_id", allow_none=True)


class UnwrapSchema(Schema):
    wrappingToken = SecretField(required=True, load_only=True)


class UnwrappedSchema(Schema):
    secretId = fields.Function(lambda secret_id: secret_id.reveal())
