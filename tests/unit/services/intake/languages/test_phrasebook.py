"""Phrases: how they are written, and what is found in a message's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.intake.languages.phrasebook import Phrasebook, Sentences

LISTS = {"kin": frozenset({"husband", "wife"}), "hits": frozenset({"hit", "hits"})}


def found(phrase: str, text: str) -> list[tuple[int, int]]:
    """Where a phrase is; sentences end with a word that has a point."""
    words = text.split()
    ends: list[int] = []
    for number, word in enumerate(words, 1):
        if word.endswith(".") or number == len(words):
            ends.extend([number] * (number - len(ends)))
    said = Sentences([word.rstrip(".") for word in words], ends)
    book = Phrasebook({"it": [phrase]}, LISTS)
    return sorted({(one.first, one.behind) for one in book.find(said)})


@pytest.mark.parametrize(
    ("phrase", "text", "where"),
    [
        ("call me", "please call me", [(1, 3)]),
        ("call me", "call him", []),
        ("call|text me", "text me", [(0, 2)]),
        ("call me? back", "call back or call me back", [(0, 2), (3, 6)]),
        ("(how much|what) is", "how much is what is", [(0, 3), (3, 5)]),
        ("@kin .. @hits me", "my husband always hits me", [(1, 5)]),
        ("@kin .. me", "husband one two three me", [(0, 5)]),
        ("@kin .. me", "husband one two three four me", []),
        ("@kin .. me", "husband left. me", []),
        ("^ thanks $", "thanks", [(0, 1)]),
        ("^ thanks", "many thanks", []),
        ("^ thanks", "well. thanks a lot", [(1, 2)]),
        ("thanks $", "thanks a lot", []),
        ("want it .. $", "i want it", [(1, 3)]),
        ("want it .. $", "i want it so much", [(1, 5)]),
        ("want it .. $", "i want it one two three four", []),
        ("thanks $", "ok thanks. bye", [(1, 2)]),
        ("not (a|the)? bot ..", "not a bot at all", [(0, 3)]),
        ("will will", "will will will", [(0, 2), (1, 3)]),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str, where: list[tuple[int, int]]) -> None:
    assert found(phrase, text) == where


@pytest.mark.parametrize("phrase", ["(a|b", "a|b)", "..", "^ $", "a $ b"])
def test_a_phrase_that_means_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|without words|sentence's end"):
        Phrasebook({"it": [phrase]}, LISTS)


@given(st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=40))
def test_what_is_kept_does_not_change_what_is_found(words: list[str]) -> None:
    phrases = {"one": ["a .. b", "a b? c $"], "two": ["^ a|b c", "b .. a .. c"]}
    said = Sentences(words, [len(words)] * len(words))
    book = Phrasebook(phrases, {})
    first = book.find(said)
    assert book.find(said) == first
    book.forget()
    assert book.find(said) == first
