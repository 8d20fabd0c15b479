"""Login, renewal, unwrapping. Only these answers contain tokens."""

import re

from marshmallow import Schema, fields
from marshmallow.validate import Regexp

from app.schemas.fields import RequestSchema, RevealedField, SecretField, about

# The contract's names are camelCase.
# ruff: noqa: N815

# Vault trims a role id. A second spelling of one would have a budget of its own, and could name the
# service's own role.
_ROLE_ID_PATTERN = r"[!-~]{1,512}"
_role_id = Regexp(
    re.compile(rf"{_ROLE_ID_PATTERN}\Z"),
    error="Not printable ASCII without white space, or too long.",
)
_ROLE_ID = "0b1f7c1e-93a5-4d5c-8f0a-2d6f1b9b7c11"
_ANOTHER_ID = "5c2b7d70-4e0b-4a0a-9f5d-0d3b1f5a9e42"


class LoginSchema(RequestSchema):
    roleId = fields.String(
        required=True,
        validate=_role_id,
        metadata=about(
            "The role id of the team's or person's AppRole.",
            pattern=f"^{_ROLE_ID_PATTERN}$",
            example=_ROLE_ID,
        ),
    )
    secretId = SecretField(
        required=True, metadata=about("A secret id of that AppRole.", example=_ANOTHER_ID)
    )


class SessionSchema(Schema):
    token = RevealedField(required=True, metadata=about("The Vault token to send as bearer."))
    expiresIn = fields.Integer(
        attribute="expires_in", required=True, metadata=about("Seconds.", example=3600)
    )
    teamId = fields.String(
        attribute="team_id",
        required=True,
        allow_none=True,
        metadata=about("The team whose member logged in; null for an operator or auditor."),
    )


class RenewedSchema(Schema):
    expiresIn = fields.Integer(
        attribute="expires_in", required=True, metadata=about("Seconds from now.", example=3600)
    )


class UnwrapSchema(RequestSchema):
    wrappingToken = SecretField(
        required=True,
        metadata=about("As `POST …/credentials` gave it.", example="s.mUWcHQyTCGAZzBxUmJwGW9Zl"),
    )


class UnwrappedSchema(Schema):
    secretId = RevealedField(
        required=True, metadata=about("The secret id to log in with. Keep it.", example=_ANOTHER_ID)
    )
