"""A team and its configuration. A configuration holds no secret, in any depth or spelling."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import URL, Length, OneOf

from app.errors import SecretInConfig
from app.schemas.fields import SlugField, TeamUlidField

# The contract's names are camelCase.
# ruff: noqa: N815

_SECRET = re.compile(r"apikey|secret|token|password")
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_MOST_CENTS = 2
_MOST_DOLLARS = 1_000_000
_name = Length(1, 200)


class Fee(fields.Field[Decimal]):
    """US dollars, at least 0, at most two decimals; a JSON number, kept as it is."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        amount = Decimal(str(value))
        exponent = amount.as_tuple().exponent
        if not 0 <= amount <= _MOST_DOLLARS or not isinstance(exponent, int):
            raise ValidationError("Not an amount of US dollars.")
        if -exponent > _MOST_CENTS and amount != amount.quantize(Decimal("0.01")):
            raise ValidationError("More than two decimals.")
        return value


class JurisdictionSchema(Schema):
    class Meta:
        unknown = INCLUDE

    type = fields.String(validate=OneOf(["national", "state"]))
    supportedStates = fields.List(fields.String())
    supportedCountries = fields.List(fields.String())
    primaryState = fields.String(allow_none=True)
    description = fields.String(allow_none=True)


class BlawbyApiSchema(Schema):
    class Meta:
        unknown = INCLUDE

    enabled = fields.Boolean(truthy={True}, falsy={False})
    teamUlid = TeamUlidField(allow_none=True)


class ConfigSchema(Schema):
    """The contract's names are checked; others are kept as they are."""

    class Meta:
        unknown = INCLUDE

    requiresPayment = fields.Boolean(truthy={True}, falsy={False})
    consultationFee = Fee()
    paymentLink = fields.String(
        allow_none=True, validate=[Length(max=2048), URL(schemes={"https"}, require_tld=False)]
    )
    availableServices = fields.List(fields.String(validate=_name))
    jurisdiction = fields.Nested(JurisdictionSchema)
    ownerEmail = fields.Email(allow_none=True)
    description = fields.String(allow_none=True)
    introMessage = fields.String(allow_none=True)
    blawbyApi = fields.Nested(BlawbyApiSchema)


class TeamSchema(Schema):
    slug = SlugField(required=True)
    name = fields.String(required=True, validate=_name)
    config = fields.Nested(ConfigSchema, load_default=dict)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _no_secret(self, _: Any, original: Any, **__: Any) -> None:
        refuse_secrets(original)


class TeamPatchSchema(TeamSchema):
    """Objects are merged and null removes (RFC 7396)."""

    slug = SlugField()
    name = fields.String(validate=_name)
    config = fields.Nested(ConfigSchema)


class TeamAnswerSchema(Schema):
    teamId = fields.String(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    config = fields.Dict(required=True)


class ListedTeamSchema(Schema):
    teamId = fields.String(attribute="team_id", required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)


class TeamsPageSchema(Schema):
    teams = fields.List(fields.Nested(ListedTeamSchema), required=True)
    count = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)


class CredentialsSchema(Schema):
    roleId = fields.String(attribute="role_id", required=True)
    wrappingToken = fields.Function(lambda issued: issued.wrapping_token.reveal(), required=True)
    expiresIn = fields.Integer(attribute="expires_in", metadata={"description": "Seconds."})


class DoneSchema(Schema):
    teamId = fields.String(required=True)
    message = fields.String(required=True)
    propagation = fields.String()


def refuse_secrets(document: Any) -> None:
    """Raises `SecretInConfig` with the places where a non-empty value has a secret's name."""
    config = document.get("config") if isinstance(document, dict) else None
    if places := sorted(set(_secret_places(config, "config"))):
        raise SecretInConfig({place: ["A secret does not belong here."] for place in places})


def _secret_places(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            place = f"{path}.{name}" if name.isascii() and len(name) <= 64 else f"{path}.*"
            if _means_secret(name) and not isinstance(inner, bool) and inner not in _EMPTY:
                yield place
            else:
                yield from _secret_places(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_places(inner, path)


def _means_secret(name: str) -> bool:
    """Whatever its spelling: `API-Key`, `api key`, letters of another width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return bool(_SECRET.search(re.sub(r"[\W_]", "", plain)))
