"""A conversation as it comes in, and a turn as it goes out.

Every chat message passes here. The conversation is read by one field of our own instead of a nested
schema for each message, and the answer is written plainly: the schemas describe both.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, post_load

from app.errors import NoMessages, ValidationFailed
from app.ids import Slug, TeamId, parse_team_reference
from app.ports import Message
from app.services.agent import AgentRequest

# The contract's names are camelCase.
# ruff: noqa: N815

_SURROGATE = re.compile("[\\ud800-\\udfff]")
_SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
MOST_MESSAGES = 100
MOST_CHARACTERS = 8000
_TEAM = {
    "description": "A team's ULID or slug.",
    "minLength": 1,
    "maxLength": 63,
    "pattern": "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[a-z0-9](-?[a-z0-9])*)$",
    "example": "north-carolina-legal-services",
}
_CONTENT = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS, "pattern": r"\S"}
_MESSAGE = {
    "oneOf": [
        {
            "type": "object",
            "required": ["role", "content"],
            "properties": {
                "role": {"type": "string", "enum": ["user", "assistant"]},
                "content": _CONTENT,
            },
            "not": {"required": ["isUser"]},
        },
        {
            "type": "object",
            "description": "The older form.",
            "required": ["isUser", "content"],
            "properties": {"isUser": {"type": "boolean"}, "content": _CONTENT},
            "not": {"required": ["role"]},
        },
    ]
}
_MESSAGES = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_MESSAGES,
    "items": _MESSAGE,
    "description": "The whole conversation; the last message is the user's.",
}


class TeamReference(fields.String):
    """A team id or a slug."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> TeamId | Slug:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return parse_team_reference(text)
        except ValidationFailed:
            raise ValidationError("Not a team id (a ULID) or slug.") from None


class Conversation(fields.Field[list[Message]]):
    """The messages; None where there are none, or not one of them says anything."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """What is left out is no messages as well, and has the agent's own words for it."""
        return (
            None
            if value is missing or value is None
            else super().deserialize(value, *args, **kwargs)
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("Not a list of messages.")
        if len(value) > MOST_MESSAGES:
            raise ValidationError(f"More than {MOST_MESSAGES} messages.")
        if all(isinstance(entry, dict) and _blank(entry.get("content")) for entry in value):
            return None
        messages: list[Message] = []
        wrong: dict[int, Any] = {}
        for index, entry in enumerate(value):
            try:
                messages.append(_message(entry))
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(wrong)
        if messages[-1].role != "user":
            raise ValidationError("The last message is not the user's.")
        return messages


def _blank(content: Any) -> bool:
    return content is None or (isinstance(content, str) and not content.strip())


def _message(entry: Any) -> Message:
    if not isinstance(entry, dict):
        raise ValidationError("Not an object.")
    return Message(_role(entry), _content(entry.get("content")))


def _role(entry: Mapping[str, Any]) -> Literal["user", "assistant"]:
    if "isUser" not in entry:
        role = entry.get("role")
        if role == "user":
            return "user"
        if role == "assistant":
            return "assistant"
        raise ValidationError({"role": ["Neither user nor assistant."]})
    if "role" in entry:
        raise ValidationError("Either role or isUser, not both.")
    if not isinstance(entry["isUser"], bool):
        raise ValidationError({"isUser": ["Not a boolean."]})
    return "user" if entry["isUser"] else "assistant"


def _content(content: Any) -> str:
    if not isinstance(content, str):
        raise ValidationError({"content": ["Not a string."]})
    if len(content) > MOST_CHARACTERS:
        raise ValidationError({"content": [f"Longer than {MOST_CHARACTERS} characters."]})
    if not content or content.isspace():
        raise ValidationError({"content": ["Blank."]})
    if not content.isascii() and _SURROGATE.search(content):
        raise ValidationError({"content": ["Not valid Unicode."]})
    return content


def _session_id(text: str) -> None:
    if not _SESSION_ID.fullmatch(text):
        raise ValidationError("Not 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.")


class AgentRequestSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    teamId = TeamReference(required=True, metadata=_TEAM)
    messages = Conversation(required=True, metadata=_MESSAGES)
    sessionId = fields.String(
        load_default=None,
        allow_none=True,
        validate=_session_id,
        metadata={"pattern": f"^{_SESSION_ID.pattern}$"},
    )

    @post_load
    def _request(self, loaded: dict[str, Any], **_: Any) -> AgentRequest:
        if loaded["messages"] is None:
            raise NoMessages
        return AgentRequest(loaded["teamId"], loaded["messages"], loaded["sessionId"])
