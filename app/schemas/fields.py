"""Fields of our own: ids that are parsed, keys and tokens that become secrets at once."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load
from marshmallow.validate import Length, Range

from app.domain.api_key import API_KEY_PATTERN, parse_api_key
from app.domain.ids import SLUG_PATTERN, ULID_PATTERN, Slug, TeamId, TeamUlid
from app.domain.moments import within_reach
from app.domain.secret import SecretString
from app.errors import ValidationFailed

_TOKEN = re.compile(r"[!-~]{1,2048}")
TOKEN_PATTERN = f"^{_TOKEN.pattern}$"
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL = re.compile(f"[{_CONTROLS}]")
LINE_PATTERN = f"^[^{_CONTROLS}]*[^\\s{_CONTROLS}][^{_CONTROLS}]*$"
_LINE_LENGTH = Length(1, 200)
_DIGITS = re.compile(r"[0-9]{1,9}")


def about(description: str, **more: Any) -> dict[str, Any]:
    """A field's metadata: its description, and other keys for `/openapi.json`."""
    return {"description": description, **more}


class RequestSchema(Schema):
    """Input: unknown names are ignored."""

    class Meta:
        unknown = EXCLUDE


class ListQuerySchema(RequestSchema):
    """The query of a list: an empty parameter counts as none, as in `?after=&limit=`."""

    takes_empty = True

    @pre_load
    def _without_empty(self, given: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != ""}


class _Parsed(fields.String):
    """A text that `app.domain.ids` parses; `described` is its pattern in `/openapi.json`."""

    parser: type[TeamId] | type[TeamUlid] | type[Slug]
    described = ULID_PATTERN

    def __init__(self, **options: Any) -> None:
        metadata = {"pattern": self.described} | options.pop("metadata", {})
        super().__init__(metadata=metadata, **options)

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


def _one_line(text: str) -> None:
    if not text.strip() or _CONTROL.search(text):
        raise ValidationError("Blank, or with a line break or another control character.")


class LineField(fields.String):
    """A text for people in one line: not blank, and without control characters."""

    def __init__(self, **options: Any) -> None:
        metadata = {"pattern": LINE_PATTERN} | options.pop("metadata", {})
        super().__init__(validate=[_LINE_LENGTH, _one_line], metadata=metadata, **options)


class MomentField(fields.AwareDateTime):
    """A moment, ISO 8601; UTC unless told. Its time zone is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, *args, **kwargs)
        try:
            return within_reach(moment)
        except ValueError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None


class WholeNumber(fields.Integer):
    """Digits alone, in a query; marshmallow would read `+1_0` and ` 10` too."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and _DIGITS.fullmatch(value)):
            raise self.make_error("invalid", input=value)
        number: int = super()._deserialize(value, *args, **kwargs)
        return number


def limit_field() -> WholeNumber:
    """How long a page may be."""
    return WholeNumber(
        load_default=100, validate=Range(1, 1000), metadata=about("How many at most.")
    )


class SecretField(fields.String):
    """A text that leaves this field as a SecretString."""

    described = TOKEN_PATTERN
    wrong = "Not printable ASCII without white space, or too long."

    def __init__(self, **options: Any) -> None:
        described = {"pattern": self.described, "format": "password"}
        metadata = described | options.pop("metadata", {})
        super().__init__(load_only=True, metadata=metadata, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        secret = self._read(super()._deserialize(value, *args, **kwargs))
        if secret is None:
            raise ValidationError(self.wrong)
        return secret

    def _read(self, text: str) -> SecretString | None:
        return SecretString(text) if _TOKEN.fullmatch(text) else None


class ApiKeyField(SecretField):
    """A Blawby key: 8 to 512 printable ASCII characters; a leading `Bearer ` is removed."""

    described = API_KEY_PATTERN
    wrong = "Not 8 to 512 printable ASCII characters without white space."

    def _read(self, text: str) -> SecretString | None:
        return parse_api_key(text)


class RevealedField(fields.String):
    """A secret in an answer to its owner."""

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._serialize(value.reveal(), *args, **kwargs)
