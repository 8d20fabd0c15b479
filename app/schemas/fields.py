"""Fields of our own: ids that are parsed, keys and tokens that become secrets at once."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.domain.ids import SLUG_PATTERN, ULID_PATTERN, Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.errors import ValidationFailed

_API_KEY = re.compile(r"[!-~]{8,512}")
_TOKEN = re.compile(r"[!-~]{1,2048}")
_BEARER = re.compile(r"bearer +", re.IGNORECASE)


class RequestSchema(Schema):
    """What comes in: names that it does not know are left out."""

    class Meta:
        unknown = EXCLUDE


class _Parsed(fields.String):
    """A text that one of `app.domain.ids` parses; `described` is its pattern in `/openapi.json`."""

    parser: type[TeamId] | type[TeamUlid] | type[Slug]
    described = ULID_PATTERN

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"pattern": self.described}, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return self.parser.parse(text)
        except ValidationFailed as wrong:
            raise ValidationError(next(iter((wrong.details or {}).values()))) from None


class TeamIdField(_Parsed):
    parser = TeamId


class TeamUlidField(_Parsed):
    parser = TeamUlid


class SlugField(_Parsed):
    parser = Slug
    described = SLUG_PATTERN


class SecretField(fields.String):
    """A text that leaves this field as a SecretString."""

    pattern = _TOKEN
    wrong = "Not printable ASCII without white space, or too long."

    def __init__(self, **options: Any) -> None:
        described = {"pattern": f"^{self.pattern.pattern}$", "format": "password"}
        super().__init__(load_only=True, metadata=described, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = self._read(super()._deserialize(value, *args, **kwargs))
        if not self.pattern.fullmatch(text):
            raise ValidationError(self.wrong)
        return SecretString(text)

    def _read(self, text: str) -> str:
        return text


class ApiKeyField(SecretField):
    """A Blawby key: 8 to 512 printable ASCII characters; a pasted `Bearer ` is taken off."""

    pattern = _API_KEY
    wrong = "Not 8 to 512 printable ASCII characters without white space."

    def _read(self, text: str) -> str:
        return _BEARER.sub("", text, count=1) if _BEARER.match(text) else text


class RevealedField(fields.String):
    """A secret on its way out to whom it belongs."""

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._serialize(value.reveal(), *args, **kwargs)
