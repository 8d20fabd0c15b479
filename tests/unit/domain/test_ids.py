"""Ids: parsed once by allow-list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import Slug, TeamId, TeamUlid, is_team_id, parse_team_reference
from app.errors import ValidationFailed

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ulids = st.from_regex(rf"[0-7][{ALPHABET}{ALPHABET.upper()}]{{25}}", fullmatch=True)
NOT_ULIDS = [
    *("", " ", "0", "0" * 25, "0" * 27, "8" + "0" * 25, "9" + "0" * 25, "z" * 26),
    *("0" * 25 + letter for letter in "iloILOuU"),
    *("0" * 25 + sign for sign in "\n\0 ./%*-_{}äＡ٠"),
    *(f"{'0' * 26}\n", f" {'0' * 26}", "../" + "0" * 23, "{{identity.entity.id}}00000"),
]


@given(ulids)
def test_a_team_id_is_one_team_in_either_case(text: str) -> None:
    team_id = TeamId.parse(text)
    assert team_id == text.lower() == TeamId.parse(text.upper())
    assert is_team_id(team_id)
    assert is_team_id(text) is (text == text.lower())


@given(ulids)
def test_a_team_ulid_is_kept_as_given(text: str) -> None:
    assert TeamUlid.parse(text) == text


@pytest.mark.parametrize("text", NOT_ULIDS)
def test_what_is_no_ulid_is_refused(text: str) -> None:
    for parse in (TeamId.parse, TeamUlid.parse):
        with pytest.raises(ValidationFailed) as refusal:
            parse(text)
        assert refusal.value.details
        assert len(text) < 5 or text not in str(refusal.value.details)
    assert not is_team_id(text)


@given(st.text(max_size=40))
def test_any_text_is_a_ulid_or_refused(text: str) -> None:
    try:
        parsed = TeamId.parse(text)
    except ValidationFailed:
        return
    assert len(parsed) == 26
    assert set(parsed) <= set(ALPHABET)


@pytest.mark.parametrize("text", ["a", "0", "a-b", "a1-2b-c", "x" * 63, "1" * 25, "9" * 26])
def test_a_slug(text: str) -> None:
    assert Slug.parse(text) == text


@given(ulids)
def test_a_team_id_is_no_slug(text: str) -> None:
    """Whoever asked for that slug would get the team with that id, or none."""
    with pytest.raises(ValidationFailed):
        Slug.parse(text.lower())


@pytest.mark.parametrize(
    "text", ["", "-", "-a", "a-", "a--b", "A", "a_b", "a b", "a\n", "ä", "x" * 64, "a/b", ".."]
)
def test_what_is_no_slug_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        Slug.parse(text)


def test_a_reference_that_could_be_both_is_the_id() -> None:
    assert isinstance(parse_team_reference("0" * 26), TeamId)
    assert parse_team_reference("0" * 25 + "A") == TeamId("0" * 25 + "a")
    assert isinstance(parse_team_reference("0" * 25), Slug)
    assert isinstance(parse_team_reference("9" * 26), Slug)
    with pytest.raises(ValidationFailed) as refusal:
        parse_team_reference("No Such")
    assert refusal.value.details
    assert refusal.value.details.keys() == {"teamId"}
