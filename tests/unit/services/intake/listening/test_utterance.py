"""Signs that people write for others are read as those; what nobody sees is not read."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.spelling import Spelling
from app.services.intake.listening.utterance import Utterance

TEXT = "I don't know. My name's Jane O'Neil"


def words(text: str) -> list[str]:
    return list(Utterance(text, LANGUAGES["en"], first=True).words)


@pytest.mark.parametrize("sign", ["\u2018", "\u2019", "\u02bc"])
def test_every_apostrophe_is_one(sign: str) -> None:
    written = Utterance(TEXT.replace("'", sign), LANGUAGES["en"], first=True)
    assert written.text == Utterance(TEXT, LANGUAGES["en"], first=True).text
    assert written.words == words(TEXT)


def test_a_space_that_does_not_break_is_a_space() -> None:
    assert words(TEXT.replace(" ", "\u00a0")) == words(TEXT)


# The first and the last of each range that is left out, and those beside it.
UNSEEN = "\x00\x08\x0b\x0c\x0e\x1f\x7f\x9f\u200b\u200e\u200f\u202a\u202e\u2060\u2069\ufeff"


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_what_nobody_sees_is_not_read(sign: str) -> None:
    assert words(f"my na{sign}me is Jane") == words("my name is Jane")


@pytest.mark.parametrize("sign", ".?!;\n", ids=ascii)
def test_a_sentence_ends_at_a_stop(sign: str) -> None:
    said = Utterance(f"call me{sign} thanks", LANGUAGES["en"], first=True)
    assert list(said.ends) == [2, 2, 3]


@pytest.mark.parametrize("sign", [",", ":", "-", "'", "\t"], ids=ascii)
def test_and_at_nothing_else(sign: str) -> None:
    said = Utterance(f"call me{sign} thanks", LANGUAGES["en"], first=True)
    assert list(said.ends) == [3, 3, 3]


@pytest.mark.parametrize("written", ["pleeease", "pleeeeeeease", "please"])
def test_a_word_that_is_drawn_out_is_the_word(written: str) -> None:
    assert words(f"{written} help")[0] == "please"


def test_two_equal_letters_are_spelling() -> None:
    assert words("I need a lawyer in Tennessee")[-1] == "tennessee"


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_that_mean_something_else_are_no_typing_errors(code: str) -> None:
    """Seen: an estranged husband was a strangled one, and a fined client a fired one."""
    right = LANGUAGES[code].lists["spelled_right"]
    assert all(Utterance(word, LANGUAGES[code], first=False).words == [word] for word in right)
    often = Spelling(LANGUAGES[code].lists["often_misspelled"], [])
    assert {word for word in right if often.meant(word) == word} == set()
