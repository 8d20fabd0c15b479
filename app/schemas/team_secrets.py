"""A team's secret: what comes in, and what may be told of it."""

from datetime import UTC
from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from app.domain.team_secret import NewSecret
from app.schemas.fields import ApiKeyField, RequestSchema, TeamIdField, TeamUlidField

# The contract's names are camelCase.
# ruff: noqa: N815


class NewSecretSchema(RequestSchema):
    apiKey = ApiKeyField(required=True)
    teamUlid = TeamUlidField(required=True)
    expiresAt = fields.AwareDateTime(
        format="iso", default_timezone=UTC, allow_none=True, load_default=None
    )

    @post_load
    def _new_secret(self, loaded: dict[str, Any], **_: Any) -> NewSecret:
        return NewSecret(loaded["apiKey"], loaded["teamUlid"], loaded["expiresAt"])


class VerifySchema(RequestSchema):
    verify = fields.Boolean(load_default=False)


class IfMatchSchema(RequestSchema):
    if_match = fields.String(data_key="If-Match", load_default=None)


class DestroySchema(RequestSchema):
    destroy = fields.Boolean(load_default=False)


class PageQuerySchema(RequestSchema):
    after = TeamIdField(load_default=None)
    limit = fields.Integer(load_default=100, validate=Range(1, 1000))


class RollbackSchema(RequestSchema):
    version = fields.Integer(required=True, strict=True, validate=Range(min=1))


class WrittenSchema(Schema):
    teamId = fields.String(required=True)
    version = fields.Integer(required=True)
    message = fields.String(required=True)
    propagation = fields.String(metadata={"description": "`delayed`: at most the cache's TTL."})


class StatusSchema(Schema):
    teamId = fields.String(required=True)
    hasSecret = fields.Boolean(required=True)
    message = fields.String(required=True)
    version = fields.Integer()
    createdAt = fields.DateTime(format="iso")
    updatedAt = fields.DateTime(format="iso")
    expiresAt = fields.DateTime(format="iso", allow_none=True)
    teamUlid = fields.String()
    fingerprint = fields.String(
        allow_none=True,
        metadata={"description": "null: somebody wrote the key into Vault, past this API."},
    )


class VersionSchema(Schema):
    version = fields.Integer(required=True)
    createdAt = fields.DateTime(format="iso", attribute="created_at", required=True)
    deletedAt = fields.DateTime(
        format="iso", attribute="deleted_at", allow_none=True, required=True
    )
    destroyed = fields.Boolean(required=True)
    current = fields.Boolean(required=True)


class VersionsSchema(Schema):
    versions = fields.List(fields.Nested(VersionSchema), required=True)


class VerdictSchema(Schema):
    valid = fields.Boolean(required=True)
    checkedAt = fields.DateTime(format="iso", required=True)
    reason = fields.String()


class TeamWithSecretSchema(Schema):
    teamId = fields.String(required=True)
    hasSecret = fields.Boolean(required=True)


class SecretsPageSchema(Schema):
    teams = fields.List(fields.Nested(TeamWithSecretSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
