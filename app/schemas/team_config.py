"""A team's configuration: the contract's names are checked, others are kept as they are."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Regexp

from app.domain.origins import ORIGIN_PATTERN, is_origin
from app.schemas.fields import TeamUlidField

# The contract's names are camelCase.
# ruff: noqa: N815

_CENT = Decimal("0.01")
_MOST_DOLLARS = 1_000_000
_service = Length(1, 200)
# No user name before the host: `https://app.blawby.com@elsewhere` is a link to elsewhere.
_NAME = r"[A-Za-z0-9](-*[A-Za-z0-9])*"
_HTTPS = rf"https://{_NAME}(\.{_NAME})*(:[0-9]{{1,5}})?([/?#][!-~]*)?"
_MOST_ORIGINS = 50


def _origin(text: str) -> None:
    if not is_origin(text):
        raise ValidationError("Not an origin as a browser sends it, such as https://firm.example.")


_https = Regexp(re.compile(rf"{_HTTPS}\Z"), error="Not an https URL.")


class Fee(fields.Field[Decimal]):
    """US dollars, at least 0, at most two decimals; a JSON number, kept as it is."""

    def __init__(self, **options: Any) -> None:
        described = {"type": "number", "minimum": 0, "maximum": _MOST_DOLLARS, "multipleOf": 0.01}
        super().__init__(metadata=described, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        amount = Decimal(str(value))
        if not (amount.is_finite() and 0 <= amount <= _MOST_DOLLARS):
            raise ValidationError("Not an amount of US dollars.")
        if amount != amount.quantize(_CENT):
            raise ValidationError("More than two decimals.")
        return value


class Flag(fields.Boolean):
    """`true` or `false`, and none of the many words that marshmallow takes for them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
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

    enabled = Flag()
    teamUlid = TeamUlidField(allow_none=True)


class NotifySchema(Schema):
    """How the team is told of new matters."""

    class Meta:
        unknown = INCLUDE

    webhook = fields.String(
        allow_none=True,
        validate=[Length(max=2048), _https],
        metadata={"pattern": f"^{_HTTPS}$"},
    )
    email = Flag()


class ConfigSchema(Schema):
    class Meta:
        unknown = INCLUDE

    requiresPayment = Flag()
    consultationFee = Fee()
    paymentLink = fields.String(
        allow_none=True,
        validate=[Length(max=2048), _https],
        metadata={"pattern": f"^{_HTTPS}$"},
    )
    availableServices = fields.List(fields.String(validate=_service))
    jurisdiction = fields.Nested(JurisdictionSchema)
    ownerEmail = fields.Email(allow_none=True)
    description = fields.String(allow_none=True)
    introMessage = fields.String(allow_none=True)
    allowedOrigins = fields.List(
        fields.String(validate=_origin, metadata={"pattern": f"^{ORIGIN_PATTERN}$"}),
        allow_none=True,
        validate=Length(max=_MOST_ORIGINS),
        metadata={"description": "Web pages that may talk to the agent; null: all."},
    )
    blawbyApi = fields.Nested(BlawbyApiSchema)
    notify = fields.Nested(NotifySchema)


class _Removable(Schema):
    """Each field may also be null, which removes it."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.allow_none = True


class JurisdictionChangesSchema(_Removable, JurisdictionSchema):
    pass


class BlawbyApiChangesSchema(_Removable, BlawbyApiSchema):
    pass


class NotifyChangesSchema(_Removable, NotifySchema):
    pass


class ConfigChangesSchema(_Removable, ConfigSchema):
    jurisdiction = fields.Nested(JurisdictionChangesSchema)
    blawbyApi = fields.Nested(BlawbyApiChangesSchema)
    notify = fields.Nested(NotifyChangesSchema)
