"""A team's configuration: the contract's names are checked, others are kept as they are."""

from decimal import Decimal
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf

from app.domain.origins import ORIGIN_PATTERN, is_origin
from app.schemas.config_answers import HTTPS_PATTERN, AnswersSchema, https
from app.schemas.fields import LineField, TeamUlidField, about

# The contract's names are camelCase.
# ruff: noqa: N815

_CENT = Decimal("0.01")
_MOST_DOLLARS = 1_000_000
_MOST_ORIGINS = 50


def _origin(text: str) -> None:
    if not is_origin(text):
        raise ValidationError("Not an origin as a browser sends it, such as https://firm.example.")


class Fee(fields.Field[Decimal]):
    """US dollars, at least 0, at most two decimals; a JSON number, stored unchanged."""

    def __init__(self, **options: Any) -> None:
        described = {"type": "number", "minimum": 0, "maximum": _MOST_DOLLARS, "multipleOf": 0.01}
        super().__init__(metadata=described | options.pop("metadata", {}), **options)

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
    """`true` or `false`; marshmallow would accept many other words."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class StoredConfig(fields.Nested):
    """Returned as stored, including names that the schema does not have."""

    def serialize(self, attr: str, obj: Any, *_: Any, **__: Any) -> Any:
        return self.get_value(obj, attr)


class JurisdictionSchema(Schema):
    class Meta:
        unknown = INCLUDE

    type = fields.String(
        validate=OneOf(["national", "state"]),
        metadata=about("`state`: the team helps in the supported states alone."),
    )
    supportedStates = fields.List(
        fields.String(),
        metadata=about("States, by name or abbreviation; `all` for every one.", example=["NC"]),
    )
    supportedCountries = fields.List(
        fields.String(), metadata=about("Countries, by name or code.", example=["US"])
    )
    primaryState = fields.String(
        allow_none=True, metadata=about("The state that most clients are in.", example="NC")
    )
    description = fields.String(allow_none=True, metadata=about("The same in words, for clients."))


class BlawbyApiSchema(Schema):
    class Meta:
        unknown = INCLUDE

    enabled = Flag(metadata=about("Whether a finished intake gets an invoice of Blawby's."))
    teamUlid = TeamUlidField(
        allow_none=True,
        metadata=about(
            "Blawby's id of the team, for people. Blawby is called with the one that was stored "
            "with the key."
        ),
    )


class AiSchema(Schema):
    class Meta:
        unknown = INCLUDE

    enabled = Flag(
        metadata=about(
            "Whether a language model may take part in the team's conversations, if the service "
            "has one."
        )
    )


class NotifySchema(Schema):
    """How the app notifies the team of new matters."""

    class Meta:
        unknown = INCLUDE

    webhook = fields.String(
        allow_none=True,
        validate=[Length(max=2048), https],
        metadata=about(
            "Where new matters are posted to, signed.",
            pattern=f"^{HTTPS_PATTERN}$",
            example="https://firm.example/hooks/matters",
        ),
    )
    email = Flag(metadata=about("Whether new matters are sent to `ownerEmail`."))


class ConfigSchema(AnswersSchema):
    class Meta:
        unknown = INCLUDE

    requiresPayment = Flag(metadata=about("Whether a finished intake asks for a fee."))
    consultationFee = Fee(metadata=about("The fee in US dollars.", example=75))
    paymentLink = fields.String(
        allow_none=True,
        validate=[Length(max=2048), https],
        metadata=about(
            "The team's own payment page, offered where there is no invoice.",
            pattern=f"^{HTTPS_PATTERN}$",
            example="https://pay.example.com/consultation",
        ),
    )
    availableServices = fields.List(
        LineField(),
        metadata=about("What the team helps with.", example=["Family Law", "Employment Law"]),
    )
    jurisdiction = fields.Nested(
        JurisdictionSchema, metadata=about("Where the team may take clients.")
    )
    ownerEmail = fields.Email(
        allow_none=True, metadata=about("The team's own address.", example="owner@firm.example")
    )
    description = fields.String(allow_none=True, metadata=about("What the team is, for clients."))
    introMessage = fields.String(allow_none=True, metadata=about("The agent's first words."))
    allowedOrigins = fields.List(
        fields.String(validate=_origin, metadata={"pattern": f"^{ORIGIN_PATTERN}$"}),
        allow_none=True,
        validate=Length(max=_MOST_ORIGINS),
        metadata=about("Web pages that may talk to the agent; null: all."),
    )
    blawbyApi = fields.Nested(BlawbyApiSchema, metadata=about("Invoices by Blawby."))
    notify = fields.Nested(NotifySchema, metadata=about("How the team is told of new matters."))
    ai = fields.Nested(AiSchema, metadata=about("The language model."))


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


class AiChangesSchema(_Removable, AiSchema):
    pass


class ConfigChangesSchema(_Removable, ConfigSchema):
    jurisdiction = fields.Nested(
        JurisdictionChangesSchema, metadata=about("Where the team may take clients.")
    )
    blawbyApi = fields.Nested(BlawbyApiChangesSchema, metadata=about("Invoices by Blawby."))
    notify = fields.Nested(
        NotifyChangesSchema, metadata=about("How the team is told of new matters.")
    )
    ai = fields.Nested(AiChangesSchema, metadata=about("The language model."))
