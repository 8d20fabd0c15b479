"""What is added to the words on record, and when a record is full."""

from datetime import UTC, datetime

import pytest

from app.domain.matter import Words
from app.services.matters.room import FULL, grown

AT, LATER = datetime(2031, 5, 1, tzinfo=UTC), datetime(2031, 5, 2, tzinfo=UTC)


def added(before: tuple[str, ...], *texts: str) -> list[str]:
    words, dropped = grown(tuple(Words(AT, text) for text in before), texts, LATER)
    assert dropped == ()
    assert [said.text for said in words[: len(before)]] == list(before)
    assert all(said.at == LATER for said in words[len(before) :])
    return [said.text for said in words[len(before) :]]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("I was fired", []),
        ("was fired", []),
        ("fired", []),
        ("I was fired. They owe me wages", ["They owe me wages"]),
        ("They owe me wages; I was fired", ["They owe me wages"]),
        ("Hello. I was fired and they laughed", ["Hello.  and they laughed"]),
        ("I was fired_up", ["I was fired_up"]),
        ("I was fired2", ["I was fired2"]),
        ("Mimi I was fired", ["Mimi"]),
        ("xI was fired", ["xI was fired"]),
        ("xI was fired, I was fired", ["xI was fired"]),
        ("hire", ["hire"]),
        ("ire", ["ire"]),
        (" . ", []),
        ("", []),
    ],
)
def test_only_what_is_new_is_added(text: str, new: list[str]) -> None:
    """Of a description that grew, the part that is not on record, cut at whole words."""
    assert added(("I was fired",), text) == new


def test_an_empty_record_takes_the_text_as_it_is() -> None:
    assert added(("",), "I was fired") == ["I was fired"]
    assert added((), "one", "two", "one") == ["one", "two"]


@pytest.mark.parametrize(("share", "most"), [(1.0, 60_000), (0.5, 30_000)])
def test_so_many_characters_have_room(share: float, most: int) -> None:
    before = (Words(AT, "a" * (most - 10)),)
    for text, fits in (("b" * 10, True), ("b" * 11, False)):
        words, dropped = grown(before, [text], LATER, share)
        assert dropped == (() if fits else (text,))
        assert (words[-1].text == text) is fits
    assert (words[-1].text == FULL) is (share == 1.0)


def test_a_full_record_says_so_once_and_takes_what_still_fits() -> None:
    before = (Words(AT, "a" * 59_000),)
    words, dropped = grown(before, ["b" * 2_000, "c"], LATER)
    assert ([said.text for said in words[1:]], len(dropped)) == (["c", FULL], 1)
    again, dropped = grown(words, ["b" * 2_000], LATER)
    assert (again, len(dropped)) == (words, 1)
