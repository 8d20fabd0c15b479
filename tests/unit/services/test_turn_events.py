"""How an answer is cut into pieces, and what is said of it after an engine has spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.turn_events import FollowerLeft, Speech, TurnEvent, Words, pieces, unfollowed


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert "" not in list(pieces(text))


@given(st.lists(st.text("abcé", min_size=1), min_size=1))
def test_a_piece_is_a_few_words(words: list[str]) -> None:
    assert all(1 <= len(piece.split()) <= 4 for piece in pieces(" ".join(words)))


def said_of(engine: list[str], answer: str) -> list[str]:
    heard: list[TurnEvent] = []
    speech = Speech(heard.append)
    for text in engine:
        speech.say(text)
    speech.complete(answer)
    assert all(isinstance(event, Words) for event in heard)
    return [event.text for event in heard if isinstance(event, Words)]


def test_what_the_engine_has_said_is_not_said_again() -> None:
    assert said_of(["Thank you, ", "Jane."], "Thank you, Jane. Pay here.") == [
        "Thank you, ",
        "Jane.",
        " Pay here.",
    ]


def test_an_answer_that_replaces_the_engines_words_is_not_added_to_them() -> None:
    assert said_of(["I would say"], "Thank you.") == ["I would say"]


def test_a_silent_engines_answer_is_said_in_pieces() -> None:
    assert said_of([], "One two three four five") == ["One two three four ", "five"]


def test_a_follower_that_left_ends_the_speech() -> None:
    def left(_: TurnEvent) -> None:
        raise FollowerLeft

    with pytest.raises(FollowerLeft):
        Speech(left).say("Hello")
    Speech(unfollowed).say("Hello")
