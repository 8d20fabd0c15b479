"""A proposed name counts where the words around it say that it is the client's own."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.utterance import Utterance
from app.services.model.names import name_in_words


def found(proposed: str, text: str) -> str | None:
    return name_in_words(proposed, Utterance(text, LANGUAGES["en"], first=True))


@pytest.mark.parametrize(
    "text",
    [
        "everyone calls me Ximena Quiroga",
        "I was evicted by my landlord. everyone calls me Ximena Quiroga",
        "everyone calls me Ximena, and my last name is Quiroga",
        "Ximena Quiroga is cruel? No: everyone calls me Ximena Quiroga",
    ],
)
def test_ones_own_name_counts(text: str) -> None:
    assert found("Ximena Quiroga", text) == "Ximena Quiroga"
    assert found("ximena quiroga", text) == "Ximena Quiroga"


@pytest.mark.parametrize(
    "text",
    [
        "Ximena Quiroga",
        "my landlord, everyone calls him Ximena Quiroga",
        "everyone calls me often. Ximena Quiroga",
        "everyone calls me Ximena one two three four five six Quiroga",
        "everyone calls me Quiroga Ximena",
        "everyone calls me Ximena",
    ],
)
def test_another_name_does_not(text: str) -> None:
    assert found("Ximena Quiroga", text) is None


@pytest.mark.parametrize("proposed", ["", "Ximena 7", "a b c d e f g", "@"])
def test_what_is_no_name_does_not(proposed: str) -> None:
    assert found(proposed, f"everyone calls me {proposed}") is None
