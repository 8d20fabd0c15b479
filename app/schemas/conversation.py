"""The conversation in a request.

Every chat message passes here, up to a hundred in a request: one field of our own reads them,
instead of a nested schema for each. `CONVERSATION` describes what it reads.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from marshmallow import ValidationError, fields, missing

from app.domain.intake import Message
from app.errors import NoMessages

_SURROGATE = re.compile("[\\ud800-\\udfff]")
MOST_MESSAGES = 100
MOST_CHARACTERS = 8000
_CONTENT = {
    "type": "string",
    "minLength": 1,
    "maxLength": MOST_CHARACTERS,
    "pattern": r"\S",
    "description": "What was said.",
}
_MESSAGE = {
    "oneOf": [
        {
            "type": "object",
            "title": "Message",
            "description": "One message.",
            "required": ["role", "content"],
            "properties": {
                "role": {
                    "type": "string",
                    "enum": ["user", "assistant"],
                    "description": "Who said it: the client or the agent.",
                },
                "content": _CONTENT,
            },
            "not": {"required": ["isUser"]},
        },
        {
            "type": "object",
            "title": "OlderMessage",
            "description": "One message in the older form.",
            "required": ["isUser", "content"],
            "properties": {
                "isUser": {"type": "boolean", "description": "Whether the client said it."},
                "content": _CONTENT,
            },
            "not": {"required": ["role"]},
        },
    ]
}
CONVERSATION = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_MESSAGES,
    "items": _MESSAGE,
    "description": "The whole conversation; the last message is the user's.",
    "example": [{"role": "user", "content": "Hello, I need help with a divorce."}],
}


class Conversation(fields.Field[list[Message]]):
    """The messages. Where there are none, or none has text, `NoMessages` ends the loading at once:
    it is the error whatever else is wrong, and has the agent's own text."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if value is missing or value is None:
            raise NoMessages
        return super().deserialize(value, *args, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("Not a list of messages.")
        if len(value) > MOST_MESSAGES:
            raise ValidationError(f"More than {MOST_MESSAGES} messages.")
        if all(isinstance(entry, dict) and _blank(entry.get("content")) for entry in value):
            raise NoMessages
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
