"""A team as it comes in and goes out."""

from typing import Any

from marshmallow import Schema, fields, validates_schema
from marshmallow.validate import Length

from app.schemas.fields import RequestSchema, RevealedField, SlugField, TeamIdField
from app.schemas.secret_in_config import refuse_secrets
from app.schemas.team_config import ConfigChangesSchema, ConfigSchema
from app.services.merge_patch import merged

# The contract's names are camelCase.
# ruff: noqa: N815

_name = Length(1, 200)


class TeamSchema(RequestSchema):
    slug = SlugField(required=True)
    name = fields.String(required=True, validate=_name)
    config = fields.Nested(ConfigSchema, load_default=dict)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_secret(self, _: Any, original: Any, **__: Any) -> None:
        refuse_secrets(original)


class ImportedTeamSchema(TeamSchema):
    teamId = TeamIdField(required=True)


class TeamPatchSchema(RequestSchema):
    """Objects are merged and null removes (RFC 7396)."""

    slug = SlugField()
    name = fields.String(validate=_name)
    config = fields.Nested(ConfigChangesSchema, allow_none=True)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_secret(self, _: Any, original: Any, **__: Any) -> None:
        refuse_secrets(merged({}, original))


class TeamAnswerSchema(Schema):
    teamId = fields.String(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    config = fields.Dict(required=True)
    ignored = fields.List(
        fields.String(),
        metadata={
            "description": "Places in the stored configuration that are malformed because somebody "
            "wrote them by hand. They are not used, and the next write removes them."
        },
    )
    propagation = fields.String(metadata={"description": "`delayed`: at most the cache's TTL."})


class ListedTeamSchema(Schema):
    teamId = fields.String(attribute="team_id", required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)


class TeamsPageSchema(Schema):
    teams = fields.List(fields.Nested(ListedTeamSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    unusable = fields.List(
        fields.String(),
        metadata={"description": "Ids whose stored document is no team; left out of `teams`."},
    )


class CredentialsSchema(Schema):
    roleId = fields.String(attribute="role_id", required=True)
    wrappingToken = RevealedField(attribute="wrapping_token", required=True)
    expiresIn = fields.Integer(
        attribute="expires_in", required=True, metadata={"description": "Seconds."}
    )


class DoneSchema(Schema):
    teamId = fields.String(required=True)
    message = fields.String(required=True)
    propagation = fields.String()
