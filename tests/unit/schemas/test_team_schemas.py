"""A team's configuration: fees, links, and no secret in any depth or spelling."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from app.domain.team import TeamConfig
from app.errors import SecretInConfig
from app.schemas.config_answers import FaqSchema
from app.schemas.fields import LINE_PATTERN
from app.schemas.secret_in_config import refuse_secrets
from app.schemas.team_config import (
    AiSchema,
    BlawbyApiSchema,
    ConfigSchema,
    JurisdictionSchema,
    NotifySchema,
)
from app.schemas.teams import TeamPatchSchema, TeamSchema


def loaded(**config: Any) -> Any:
    return ConfigSchema().load(config)


# --- fees -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fee", "amount"),
    [
        (0, "0.00"),
        (75, "75.00"),
        (75.5, "75.50"),
        (0.01, "0.01"),
        (1000000, "1000000.00"),
        (19.99, "19.99"),
        (0.1, "0.10"),
        (100.0, "100.00"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
    ],
)
def test_a_fee_is_to_the_cent(fee: float, amount: str) -> None:
    config = TeamConfig(loaded(consultationFee=fee))
    assert config.consultation_fee == Decimal(amount)
    assert config.document["consultationFee"] == fee


@given(st.integers(0, 100_000_000))
def test_every_number_of_cents_is_a_fee(cents: int) -> None:
    fee = cents / 100
    assert TeamConfig(loaded(consultationFee=fee)).consultation_fee * 100 == cents


@pytest.mark.parametrize(
    "fee",
    [
        -1,
        -0.01,
        0.001,
        75.123,
        1e-09,
        1000000.01,
        10**30,
        float("inf"),
        float("nan"),
        "75",
        True,
        None,
        [],
        {},
    ],
)
def test_anything_else_is_no_fee(fee: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        loaded(consultationFee=fee)
    assert refusal.value.messages_dict.keys() == {"consultationFee"}


# --- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example",
        "https://pay.example.com:8443/x?y=1#z",
        "https://localhost/x",
        "https://a.example:65535/",
        None,
    ],
)
def test_a_payment_link(link: str | None) -> None:
    assert loaded(paymentLink=link) == {"paymentLink": link}


@pytest.mark.parametrize(
    "link",
    [
        *("", "http://a.example", "HTTPS:a.example", "//a.example", "https://", "https://a b"),
        *(
            "javascript:alert(1)",
            "https://user:word@a.example",
            "https://good.example@evil.example",
        ),
        *("https://a.example:0/", "https://a.example:65536", "https://a.example:99999/x"),
        *("https://a.example/\n", "https://a.example/ä", "ftp://a.example", 7, [], "https://-a"),
    ],
)
def test_what_is_no_payment_link(link: object) -> None:
    with pytest.raises(ValidationError):
        loaded(paymentLink=link)


# --- lines ------------------------------------------------------------------------------------

ONE_LINE = [
    *("name", "hours", "address", "phone", "feeCovers", "responseTime"),
    *("languages", "availableServices"),
]
NO_LINES = [
    "",
    " ",
    "  \u2003",
    "a\nb",
    "a\r",
    "\tb",
    "a\0",
    "\x1b[2J",
    "\x7f",
    "a\x85b",
    "a\u2028b",
]


def team_with(name: str, text: str) -> dict[str, Any]:
    team: dict[str, Any] = {"slug": "a", "name": "A", "config": {}}
    if name == "name":
        return team | {"name": text}
    value = [text] if isinstance(ConfigSchema().fields[name], fields.List) else text
    return team | {"config": {name: value}}


@pytest.mark.parametrize("schema", [TeamSchema, TeamPatchSchema])
@pytest.mark.parametrize("name", ONE_LINE)
def test_what_is_shown_in_a_line_is_one(schema: type[TeamSchema], name: str) -> None:
    for text in ("A", " Muñoz & Co., Räume ", "律師", "x" * 200):
        assert schema().load(team_with(name, text)) == team_with(name, text)
    for text in (*NO_LINES, "x" * 201):
        with pytest.raises(ValidationError):
            schema().load(team_with(name, text))


def test_the_described_pattern_of_a_line_is_the_rule() -> None:
    pattern = re.compile(LINE_PATTERN)
    assert all(pattern.search(text) for text in ("A", " a b ", "é"))
    assert not [text for text in NO_LINES if pattern.fullmatch(text)]


# --- secrets ----------------------------------------------------------------------------------


NESTED = (AiSchema, BlawbyApiSchema, FaqSchema, JurisdictionSchema, NotifySchema)
SPELLINGS = [
    *("apiKey", "apikey", "API_KEY", "api-key", "Api Key", "blawbyApiKey", "x.api.key"),
    *("secret", "clientSecret", "SECRETS", "token", "access_token", "tokenValue", "to_ken"),
    *("passwd", "db_passwd", "passphrase", "Private Key", "privateKeyPem"),
    *("pwd", "DB_PWD", "bearer", "Bearer Value"),
    *("password", "PassWord", "pass-word", "\uff50assword", "to\u200bken", "\u017fecret"),
]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("value", ["x", " ", 0, 7, [""], {"x": None}, [None]])
def test_a_value_under_a_secrets_name_is_refused(name: str, value: object) -> None:
    for config in ({name: value}, {"a": [{"b": {name: value}}]}):
        with pytest.raises(SecretInConfig) as refusal:
            refuse_secrets({"config": config})
        assert refusal.value.details
        assert all(place.startswith("config.") for place in refusal.value.details)


@pytest.mark.parametrize(
    "name", ["credentials", "Credential", "AUTHORIZATION", "api-credentials", "http authorization"]
)
def test_a_text_under_a_name_of_a_login_is_refused(name: str) -> None:
    with pytest.raises(SecretInConfig):
        refuse_secrets({"config": {"a": [{name: "x"}]}})
    refuse_secrets({"config": {name: ["J.D.", "Board Certified"]}})


@pytest.mark.parametrize("name", ["workAuthorization", "attorneyCredentials", "authorizations"])
def test_lawyers_have_authorizations_and_credentials_of_their_own(name: str) -> None:
    refuse_secrets({"config": {name: "Employment permits"}})


def test_no_documented_field_has_a_secrets_name() -> None:
    names = [*ConfigSchema().fields, *(name for it in NESTED for name in it().fields)]
    refuse_secrets({"config": dict.fromkeys(names, "x")})


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("value", [None, "", [], {}, True, False])
def test_an_empty_value_or_a_flag_is_none(name: str, value: object) -> None:
    refuse_secrets({"config": {name: value}})


@pytest.mark.parametrize("document", [None, [], "text", {}, {"config": None}, {"config": "secret"}])
def test_what_has_no_names_has_no_secret(document: object) -> None:
    refuse_secrets(document)


harmless = st.text("abdfghlmnquvxyz", max_size=6)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(harmless, inner, max_size=3),
    max_leaves=10,
)


@given(documents)
def test_a_document_of_harmless_names_is_let_through(document: object) -> None:
    refuse_secrets({"config": document})


@given(documents, st.sampled_from(SPELLINGS), st.data())
def test_a_secret_is_found_wherever_it_is_put(
    document: object, name: str, data: st.DataObject
) -> None:
    planted = _planted(document, name, data)
    with pytest.raises(SecretInConfig):
        refuse_secrets({"config": planted})


def _planted(value: Any, name: str, data: st.DataObject) -> Any:
    """The document with the name somewhere in it."""
    if isinstance(value, dict):
        if value and data.draw(st.booleans()):
            inner = data.draw(st.sampled_from(sorted(value)))
            return value | {inner: _planted(value[inner], name, data)}
        return value | {name: "x"}
    if isinstance(value, list):
        at = data.draw(st.integers(0, len(value)))
        return [*value[:at], {name: "x"}, *value[at:]]
    return {name: "x"}


@pytest.mark.parametrize("schema", [TeamSchema, TeamPatchSchema])
def test_a_secret_is_told_before_what_else_is_wrong(schema: type[TeamSchema]) -> None:
    with pytest.raises(SecretInConfig):
        schema().load({"slug": "WRONG", "config": {"consultationFee": -1, "token": "x"}})


def test_a_change_that_only_removes_holds_no_secret() -> None:
    changes = {"config": {"token": None, "a": {"secret": {"b": None}}}}
    assert TeamPatchSchema().load(changes) == changes
