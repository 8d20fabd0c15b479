"""A team's secret: input, and its label."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from app.domain.team_secret import NewSecret
from app.schemas.fields import (
    ApiKeyField,
    ListQuerySchema,
    MomentField,
    RequestSchema,
    TeamIdField,
    TeamUlidField,
    about,
    limit_field,
)

# The contract's names are camelCase.
# ruff: noqa: N815

_TEAM_ID = "01jq70jnstyfzevc6423czh50e"
_TEAM_ULID = "01JQ70JNSTYFZEVC6423CZH50E"
_MOMENT = "2026-05-01T12:00:00+00:00"
TEAM_ID = about("The team's id (a ULID), in lower case.", example=_TEAM_ID)
PROPAGATION = about(
    "Only there if it is `delayed`: workers may use the old values for at most `CONFIG_CACHE_TTL`."
)
COUNT = about("How many this page has.", example=1)
NEXT = about("Send it as `after` to get the next page; null on the last page.")


class NewSecretSchema(RequestSchema):
    apiKey = ApiKeyField(
        required=True,
        metadata=about(
            "The team's Blawby key. No answer shows it.", example="a-key-for-the-sandbox"
        ),
    )
    teamUlid = TeamUlidField(
        required=True,
        metadata=about("Blawby's own id of the team, kept as given.", example=_TEAM_ULID),
    )
    expiresAt = MomentField(
        allow_none=True,
        load_default=None,
        metadata=about("When the key expires at Blawby, ISO 8601.", example="2031-05-01T12:00:00Z"),
    )

    @post_load
    def _new_secret(self, loaded: dict[str, Any], **_: Any) -> NewSecret:
        return NewSecret(loaded["apiKey"], loaded["teamUlid"], loaded["expiresAt"])


class VerifySchema(RequestSchema):
    verify = fields.Boolean(
        load_default=False,
        metadata=about("Try the key on Blawby first; a refused key is not stored."),
    )


class IfMatchSchema(RequestSchema):
    if_match = fields.String(
        data_key="If-Match",
        load_default=None,
        metadata=about("Write only if the current version is this one.", example='"5"'),
    )


class DestroySchema(RequestSchema):
    destroy = fields.Boolean(
        load_default=False,
        metadata=about("Erase every version for good. Without it, `undelete` brings the key back."),
    )


class PageQuerySchema(ListQuerySchema):
    after = TeamIdField(
        load_default=None, metadata=about("The last team id that you have.", example=_TEAM_ID)
    )
    limit = limit_field()


class RollbackSchema(RequestSchema):
    version = fields.Integer(
        required=True,
        strict=True,
        validate=Range(min=1),
        metadata=about("The version whose content becomes the newest one.", example=1),
    )


class WrittenSchema(Schema):
    teamId = fields.String(required=True, metadata=TEAM_ID)
    version = fields.Integer(
        required=True, metadata=about("The version that was written or deleted.", example=1)
    )
    message = fields.String(
        required=True, metadata=about("What was done, for people.", example="The secret is stored.")
    )
    propagation = fields.String(metadata=PROPAGATION)


class StatusSchema(Schema):
    teamId = fields.String(required=True, metadata=TEAM_ID)
    hasSecret = fields.Boolean(
        required=True, metadata=about("Whether there is a key. The fields below are there if so.")
    )
    message = fields.String(
        required=True, metadata=about("The same, for people.", example="The team has a secret.")
    )
    version = fields.Integer(metadata=about("The newest version, also the `ETag`.", example=1))
    createdAt = fields.DateTime(
        format="iso", metadata=about("When the team's first key came.", example=_MOMENT)
    )
    updatedAt = fields.DateTime(
        format="iso", metadata=about("When this version came.", example=_MOMENT)
    )
    expiresAt = fields.DateTime(
        format="iso",
        allow_none=True,
        metadata=about("When the key expires at Blawby; null if that was not given."),
    )
    teamUlid = fields.String(
        metadata=about("Blawby's own id of the team, as given.", example=_TEAM_ULID)
    )
    fingerprint = fields.String(
        allow_none=True,
        metadata=about(
            "The first 12 hex digits of an HMAC of the key under a key that only Vault holds. "
            "Null: somebody wrote the key into Vault, past this API.",
            example="f87acb6d282d",
        ),
    )


class VersionSchema(Schema):
    version = fields.Integer(required=True, metadata=about("Its number.", example=1))
    createdAt = fields.DateTime(
        format="iso",
        attribute="created_at",
        required=True,
        metadata=about("When it was written.", example=_MOMENT),
    )
    deletedAt = fields.DateTime(
        format="iso",
        attribute="deleted_at",
        allow_none=True,
        required=True,
        metadata=about("When it was deleted; null while it lives."),
    )
    destroyed = fields.Boolean(required=True, metadata=about("Whether it is erased for good."))
    current = fields.Boolean(required=True, metadata=about("Whether it is the newest one."))
    fingerprint = fields.String(
        required=True,
        allow_none=True,
        metadata=about(
            "Which key it holds; null if it does not live or was written past this API.",
            example="f87acb6d282d",
        ),
    )


class VersionsSchema(Schema):
    versions = fields.List(
        fields.Nested(VersionSchema),
        required=True,
        metadata=about("All versions that Vault still knows of, in rising order."),
    )


class VerdictSchema(Schema):
    valid = fields.Boolean(required=True, metadata=about("Whether Blawby takes the key."))
    checkedAt = fields.DateTime(
        format="iso", required=True, metadata=about("When Blawby answered.", example=_MOMENT)
    )
    reason = fields.String(metadata=about("Only there if the key is not valid: `key_rejected`."))


class TeamWithSecretSchema(Schema):
    teamId = fields.String(required=True, metadata=TEAM_ID)
    hasSecret = fields.Boolean(required=True, metadata=about("Always true."))


class SecretsPageSchema(Schema):
    teams = fields.List(
        fields.Nested(TeamWithSecretSchema),
        required=True,
        metadata=about("Teams that have a key. A page may be short and still have a `next`."),
    )
    count = fields.Integer(required=True, metadata=COUNT)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
