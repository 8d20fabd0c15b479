"""A further matter that the client announces first and tells then."""

import pytest

from app.domain.intake import IntakeTurn, Message
from app.services.intake import RulesEngine
from tests.teams import NORTH_CAROLINA

COMPLETE = ("Jane Doe", "Raleigh, NC", "919-832-1234", "jane@example.com", "I need a divorce")
GOAT = "The goat of the people next door sings at night all year."


def talk(*texts: str) -> IntakeTurn:
    engine, messages = RulesEngine(), list[Message]()
    for text in (*COMPLETE, *texts):
        messages.append(Message("user", text))
        turn = engine.turn(messages, NORTH_CAROLINA)
        messages.append(Message("assistant", turn.response))
    return turn


@pytest.mark.parametrize(
    ("told", "service"),
    [
        (GOAT, "General Consultation"),
        ("My landlord wants to evict me.", "Tenant Rights Law"),
        ("It is about tenant rights law.", "Tenant Rights Law"),
    ],
)
def test_what_is_told_then_is_the_matter(told: str, service: str) -> None:
    turn = talk("I need help with something else", told)
    (further,) = turn.further
    assert further.matter_type == service
    assert further.told_at == len(COMPLETE) + 2


def test_what_says_nothing_is_asked_for_once_more() -> None:
    turn = talk("I need help with something else", "ok")
    assert turn.further == ()
