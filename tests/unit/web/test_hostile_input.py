"""Ids, keys and configurations as no one would write them by hand."""

import json
import pickle
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.domain.ids import Slug, TeamId, TeamUlid, is_team_id, parse_team_reference
from app.domain.secret import SecretString
from app.errors import SecretInConfig, ValidationFailed
from app.schemas.fields import ApiKeyField
from app.schemas.secret_in_config import refuse_secrets
from app.schemas.team_secrets import NewSecretSchema
from app.schemas.teams import TeamSchema

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
ULID = "01jq70jnstyfzevc6423czh50e"
SLUGS = string.ascii_lowercase + string.digits + "-"

either_case = st.sampled_from(CROCKFORD + CROCKFORD.lower())
ulids = st.builds(
    str.__add__, st.sampled_from("01234567"), st.text(either_case, min_size=25, max_size=25)
)
# Near misses are what a careless check lets through.
nearly_ulids = st.one_of(
    st.text(),
    st.text(st.sampled_from(CROCKFORD + "ILOUilou./%\n\x00*+-_ "), min_size=24, max_size=28),
    st.builds(lambda ulid, at, odd: ulid[:at] + odd + ulid[at + 1 :], ulids, st.integers(0, 26),
              st.characters()),
    st.builds(str.__add__, ulids, st.text(max_size=2)),
)  # fmt: skip


def is_ulid(text: str) -> bool:
    return len(text) == 26 and text[0] in "01234567" and set(text.upper()) <= set(CROCKFORD)


def is_slug(text: str) -> bool:
    return (
        0 < len(text) <= 63
        and set(text) <= set(SLUGS)
        and text[0] != "-"
        and text[-1] != "-"
        and "--" not in text
    )


@given(ulids)
def test_a_ulid_is_one_team_in_either_case(text: str) -> None:
    assert TeamId.parse(text) == TeamId.parse(text.upper()) == TeamId.parse(text.lower())
    assert TeamId.parse(text) == text.lower()
    assert is_team_id(TeamId.parse(text))
    assert TeamUlid.parse(text) == text


@given(nearly_ulids)
def test_nothing_else_is_a_team_id(text: str) -> None:
    if is_ulid(text) and text.isascii():
        return
    for parse in (TeamId.parse, TeamUlid.parse):
        with pytest.raises(ValidationFailed) as refusal:
            parse(text)
        assert list(refusal.value.details or {}) in (["teamId"], ["teamUlid"])
    assert not is_team_id(text)


@given(st.one_of(nearly_ulids, st.text(st.sampled_from(SLUGS), max_size=70)))
def test_a_slug_is_what_the_contract_says(text: str) -> None:
    if is_slug(text) and not is_team_id(text):
        assert Slug.parse(text) == text
    else:
        with pytest.raises(ValidationFailed):
            Slug.parse(text)


@given(st.one_of(ulids, nearly_ulids, st.text(st.sampled_from(SLUGS), max_size=70)))
def test_a_reference_never_leaves_its_place_in_a_path(text: str) -> None:
    try:
        reference = parse_team_reference(text)
    except ValidationFailed:
        return
    assert set(reference) <= set(SLUGS)
    assert isinstance(reference, TeamId) is is_ulid(text)


@given(st.text(st.sampled_from(PRINTABLE), min_size=8, max_size=512))
def test_every_printable_key_is_taken_as_it_is(key: str) -> None:
    new = NewSecretSchema().load({"apiKey": key, "teamUlid": ULID})
    assert new.api_key.reveal() == key
    pasted = NewSecretSchema().load({"apiKey": f"Bearer {key}", "teamUlid": ULID})
    assert pasted.api_key.reveal() == key
    other = NewSecretSchema().load({"apiKey": "another-key", "teamUlid": ULID})
    for told in (repr, str, "{}".format, "{!r:>80}".format):
        assert told(new) == told(other)
        assert told(new.api_key) == told(other.api_key)
    for refused in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            refused(new.api_key)


@given(
    st.one_of(
        st.text(st.characters(max_codepoint=0x2FF), max_size=40),
        st.text(st.sampled_from(PRINTABLE + " \n\t\x00\x7f\u00e9"), min_size=6, max_size=12),
        st.text(st.sampled_from(PRINTABLE), min_size=513, max_size=520),
    )
)
def test_no_other_key_is_taken_and_none_is_repeated(key: str) -> None:
    if 8 <= len(key) <= 512 and set(key) <= set(PRINTABLE):
        return
    if key.lower().startswith("bearer "):
        return
    with pytest.raises(ValidationError) as refusal:
        NewSecretSchema().load({"apiKey": key, "teamUlid": ULID})
    assert refusal.value.messages == {"apiKey": [ApiKeyField.wrong]}


@given(st.text())
def test_a_secret_equals_its_like_and_nothing_else(text: str) -> None:
    assert SecretString(text) == SecretString(text)
    assert SecretString(text) != SecretString(text + "x")
    assert SecretString(text) != text


# --- Configurations


SEPARATORS = ["", "-", "_", " ", ".", ":", "\u200b", "\u00a0", "\u0301", "__"]
WIDE = {ord(c): ord(c) + 0xFEE0 for c in string.ascii_letters}


@st.composite
def secrets_names(draw: st.DrawFn) -> str:
    """`apiKey`, `secret`, `token`, `password`: in any case, cut by anything, part of a name."""
    word = draw(st.sampled_from(["apiKey", "secret", "token", "password"]))
    letters = [draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in word]
    cut = "".join(letter + draw(st.sampled_from(SEPARATORS)) for letter in letters)
    wide = cut.translate(WIDE) if draw(st.booleans()) else cut
    around = st.sampled_from(["", "blawby_", "client", "x-", "My "])
    return draw(around) + wide + draw(st.sampled_from(["", "Value", "_id", "s", "2"]))


harmless_names = st.text(st.sampled_from("bcdfghjlmnqrvwxz_- "), min_size=1, max_size=8)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-1000, 1000), st.text(max_size=8).filter(str.isascii)
)
harmless = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(harmless_names, inner, max_size=3),
    max_leaves=8,
)
KEY = "sk_live_7hR2kQ9"


def buried(document: Any, path: list[str | int]) -> Any:
    """The document, below names and lists."""
    for step in reversed(path):
        document = [document] if isinstance(step, int) else {step: document}
    return document


@given(
    secrets_names(),
    st.lists(st.one_of(harmless_names, st.integers(0, 0)), max_size=20),
    st.sampled_from([KEY, [KEY], {"value": KEY}, 12345, [[KEY]], 0]),
    st.dictionaries(harmless_names, harmless, max_size=3),
)
def test_a_secret_is_found_in_any_depth_and_spelling(
    name: str, path: list[str | int], value: Any, beside: dict[str, Any]
) -> None:
    config = beside | {"other": buried({name: value}, path)}
    with pytest.raises(SecretInConfig) as refusal:
        TeamSchema().load({"slug": "a", "name": "A", "config": config})
    assert KEY not in str(refusal.value.details)


@given(st.sampled_from(["blawbyApi", "jurisdiction"]), secrets_names())
def test_a_secret_is_found_below_names_of_the_contract(place: str, name: str) -> None:
    with pytest.raises(SecretInConfig):
        TeamSchema().load({"slug": "a", "name": "A", "config": {place: {name: KEY}}})


@given(secrets_names())
def test_a_key_that_stands_as_a_name_is_not_repeated(name: str) -> None:
    with pytest.raises(SecretInConfig) as refusal:
        refuse_secrets({"config": {KEY: {name: "x"}, f"{KEY}-token": "x"}})
    assert KEY not in str(refusal.value.details)


@given(secrets_names(), st.sampled_from([None, "", [], {}, False, True]))
def test_what_is_empty_under_such_a_name_is_no_secret(name: str, value: Any) -> None:
    TeamSchema().load({"slug": "a", "name": "A", "config": {name: value}})


@given(st.dictionaries(harmless_names, harmless, max_size=5))
def test_other_names_are_kept_as_they_are(config: dict[str, Any]) -> None:
    loaded = TeamSchema().load({"slug": "a", "name": "A", "config": config})
    assert loaded["config"] == config
