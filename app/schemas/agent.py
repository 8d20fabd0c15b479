"""The request for a turn of the agent."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from app.domain.ids import Slug, TeamId, parse_team_reference
from app.errors import ValidationFailed
from app.schemas.conversation import CONVERSATION, Conversation
from app.schemas.fields import about
from app.services.agent import AgentRequest

# The contract's names are camelCase.
# ruff: noqa: N815

_SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TEAM = {
    "description": "A team's ULID or slug.",
    "minLength": 1,
    "maxLength": 63,
    "pattern": "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[a-z0-9](-?[a-z0-9])*)$",
    "example": "north-carolina-legal-services",
}


class TeamReference(fields.String):
    """A team id or a slug."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> TeamId | Slug:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return parse_team_reference(text)
        except ValidationFailed:
            raise ValidationError("Not a team id (a ULID) or slug.") from None


def _session_id(text: str) -> None:
    if not _SESSION_ID.fullmatch(text):
        raise ValidationError("Not 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.")


class AgentRequestSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    teamId = TeamReference(required=True, metadata=_TEAM)
    messages = Conversation(required=True, metadata=CONVERSATION)
    sessionId = fields.String(
        load_default=None,
        allow_none=True,
        validate=_session_id,
        metadata=about(
            "Names this conversation, so that a repeat of it is the same intake.",
            pattern=f"^{_SESSION_ID.pattern}$",
            example="2f1c0a7e-chat",
        ),
    )

    @post_load
    def _request(self, loaded: dict[str, Any], **_: Any) -> AgentRequest:
        return AgentRequest(loaded["teamId"], loaded["messages"], loaded["sessionId"])
