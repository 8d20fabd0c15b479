"""How long and how kind a sentence of a model may be."""

import pytest

from app.domain.intake import Message
from app.services.intake.languages import LANGUAGES
from app.services.model.wording import sayable

ENGLISH = LANGUAGES["en"]
LONGEST = 240


def said(text: str, *told: Message) -> str | None:
    return sayable(text, ENGLISH, told)


def of_length(size: int) -> str:
    text = "thank you " * 40
    text = text[: size - 1].rstrip()
    if text.rsplit(" ", 1)[-1] not in ("thank", "you"):
        text = text.rsplit(" ", 1)[0]
    return text + "!" * (size - len(text))


@pytest.mark.parametrize(
    ("size", "is_said"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False)]
)
def test_a_text_has_240_characters_at_most(size: int, is_said: bool) -> None:
    assert len(of_length(size)) == size
    assert (said(of_length(size)) is not None) is is_said


@pytest.mark.parametrize(("many", "is_said"), [(1, True), (3, True), (4, False)])
def test_a_text_has_three_sentences_at_most(many: int, is_said: bool) -> None:
    assert (said("Thank you. " * many) is not None) is is_said


@pytest.mark.parametrize(("text", "is_said"), [("Thank", False), ("Thank you", True)])
def test_a_text_has_two_words_at_least(text: str, is_said: bool) -> None:
    assert (said(text) is not None) is is_said


@pytest.mark.parametrize(("letters", "is_said"), [(25, True), (26, False)])
def test_a_word_of_the_client_has_25_letters_at_most(letters: int, is_said: bool) -> None:
    word = "q" * letters
    text = f"Thank you thank you thank you {word}"
    assert (said(text, Message("user", f"It is {word}")) is not None) is is_said


@pytest.mark.parametrize(("kind", "own", "is_said"), [(7, 3, True), (6, 3, False), (4, 1, True)])
def test_most_words_are_kind(kind: int, own: int, is_said: bool) -> None:
    """Seven of ten; the rest are the client's own."""
    words = ["thank", "you"] * kind
    text = " ".join([*words[:kind], *["qqq"] * own])
    assert (said(text, Message("user", "It is qqq")) is not None) is is_said
    assert said(text) is None
    assert said(text, Message("assistant", "It is qqq")) is None


@pytest.mark.parametrize(
    ("text", "ended"), [("Thank you", "Thank you."), ("Thank you!", "Thank you!")]
)
def test_a_text_ends_as_a_sentence_does(text: str, ended: str) -> None:
    assert said(text) == ended
    spread = text.replace(" ", " \n ")
    assert said(f"  {spread} ") == ended


def test_what_was_said_is_not_said_again() -> None:
    assert said("Thank you", Message("assistant", "Well. Thank you, Jane.")) is None
    assert said("Thank you", Message("user", "Well. Thank you, Jane.")) is not None


@pytest.mark.parametrize(
    "text", ["Thank you 7", "Thank you?", "Thank y\u043eu", "Thank.you both", ""]
)
def test_a_text_is_plain(text: str) -> None:
    """Latin letters and a few signs: the third has a Cyrillic letter."""
    assert said(text, Message("user", text)) is None
