"""A team in requests and answers."""

from typing import Any

from marshmallow import Schema, fields, validates_schema

from app.schemas.fields import (
    LineField,
    RequestSchema,
    RevealedField,
    SlugField,
    TeamIdField,
    about,
)
from app.schemas.secret_in_config import refuse_secrets
from app.schemas.team_config import ConfigChangesSchema, ConfigSchema, StoredConfig
from app.schemas.team_secrets import COUNT, NEXT, PROPAGATION, TEAM_ID, PageQuerySchema
from app.services.merge_patch import merged

# The contract's names are camelCase.
# ruff: noqa: N815

_SLUG = about("The team's name in links, its own alone.", example="north-carolina-legal-services")
_NAME = about("The team's name for people.", example="North Carolina Legal Services")
_CONFIG = about("How the agent works for the team. It holds no secret.")


class TeamSchema(RequestSchema):
    slug = SlugField(required=True, metadata=_SLUG)
    name = LineField(required=True, metadata=_NAME)
    config = fields.Nested(ConfigSchema, load_default=dict, metadata=_CONFIG)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_secret(self, _: Any, original: Any, **__: Any) -> None:
        refuse_secrets(original)


class ImportedTeamSchema(TeamSchema):
    teamId = TeamIdField(required=True, metadata=TEAM_ID)


class TeamPatchSchema(RequestSchema):
    """Objects are merged and null removes (RFC 7396)."""

    slug = SlugField(metadata=_SLUG)
    name = LineField(metadata=_NAME)
    config = fields.Nested(
        ConfigChangesSchema,
        allow_none=True,
        metadata=about("What to change. Objects are merged, null removes (RFC 7396)."),
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_secret(self, _: Any, original: Any, **__: Any) -> None:
        refuse_secrets(merged({}, original))


class TeamsQuerySchema(PageQuerySchema):
    slug = SlugField(
        load_default=None,
        metadata=about(
            "Find the one team with this slug. Then there is no next page.",
            example="north-carolina-legal-services",
        ),
    )


class TeamAnswerSchema(Schema):
    teamId = fields.String(required=True, metadata=TEAM_ID)
    slug = fields.String(required=True, metadata=_SLUG)
    name = fields.String(required=True, metadata=_NAME)
    config = StoredConfig(ConfigSchema, required=True, metadata=_CONFIG)
    ignored = fields.List(
        fields.String(),
        metadata=about(
            "Places in the stored configuration that are malformed because somebody wrote them by "
            "hand. They are not used, and the next write removes them."
        ),
    )
    propagation = fields.String(metadata=PROPAGATION)


class ListedTeamSchema(Schema):
    teamId = fields.String(attribute="team_id", required=True, metadata=TEAM_ID)
    slug = fields.String(required=True, metadata=_SLUG)
    name = fields.String(required=True, metadata=_NAME)


class TeamsPageSchema(Schema):
    teams = fields.List(
        fields.Nested(ListedTeamSchema),
        required=True,
        metadata=about("Teams in the order of their ids."),
    )
    count = fields.Integer(required=True, metadata=COUNT)
    next = fields.String(required=True, allow_none=True, metadata=NEXT)
    unusable = fields.List(
        fields.String(),
        metadata=about("Ids whose stored document is no team; left out of `teams`."),
    )


class CredentialsSchema(Schema):
    roleId = fields.String(
        attribute="role_id", required=True, metadata=about("The role id of the team's AppRole.")
    )
    wrappingToken = RevealedField(
        attribute="wrapping_token",
        required=True,
        metadata=about("`POST /api/auth/unwrap` turns it into a new secret id, once."),
    )
    expiresIn = fields.Integer(
        attribute="expires_in",
        required=True,
        metadata=about("Seconds until the wrapping token expires.", example=900),
    )


class DoneSchema(Schema):
    teamId = fields.String(required=True, metadata=TEAM_ID)
    message = fields.String(
        required=True, metadata=about("What was done, for people.", example="The team is removed.")
    )
    propagation = fields.String(metadata=PROPAGATION)
