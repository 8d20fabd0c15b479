"""How much of a conversation is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intake import Message
from app.services.intake import RulesEngine
from app.services.intake.excerpt import FREELY, excerpt
from tests.teams import NORTH_CAROLINA

ANSWERS = ("Jane Doe", "Raleigh, NC", "919-832-1234", "jane@example.com", "I need a divorce")


def test_a_message_is_read_whole() -> None:
    assert excerpt("x" * 8000, 0) == "x" * 8000


@given(st.lists(st.text(min_size=1, max_size=8000), max_size=100))
def test_a_conversation_has_a_bound(texts: list[str]) -> None:
    read = 0
    for text in texts:
        read += len(excerpt(text, read))
    assert read <= FREELY + 100 * 121


def test_an_intake_is_not_lost_behind_a_book() -> None:
    book = [Message("user", "it is a long story " * 400) for _ in range(90)]
    answers = [Message("user", text) for text in ANSWERS]
    turn = RulesEngine().turn([*book, *answers], NORTH_CAROLINA)
    assert turn.workflow == "matter_created"
    assert turn.collected.email == "jane@example.com"


@pytest.mark.parametrize(
    ("read", "left"),
    [(0, 16_000), (15_000, 1_000), (15_879, 121), (15_880, 120), (15_881, 120), (99_000, 120)],
)
def test_what_is_longer_than_what_is_left_loses_its_middle(read: int, left: int) -> None:
    text = "".join(chr(ord("a") + at % 26) for at in range(left + 1))
    assert excerpt(text[:left], read) == text[:left]
    assert excerpt(text, read) == f"{text[: left - 40]}\n{text[-40:]}"
