"""How long the engine may read."""

from itertools import count

import pytest

from app.domain.intake import Message
from app.errors import TurnTimedOut
from app.services.intake import RulesEngine
from tests.teams import NORTH_CAROLINA

TALK = [Message("user", "Hello"), Message("assistant", "Your name?"), Message("user", "Jane Doe")]


def test_a_conversation_that_takes_too_long_to_read_is_given_up() -> None:
    slow = count(0.0, 2.0)
    with pytest.raises(TurnTimedOut):
        RulesEngine(seconds=5.0, clock=lambda: next(slow)).turn(TALK, NORTH_CAROLINA)


def test_one_that_is_read_in_time_is_answered() -> None:
    steady = count(0.0, 1.0)
    turn = RulesEngine(seconds=5.0, clock=lambda: next(steady)).turn(TALK, NORTH_CAROLINA)
    assert turn.collected.name == "Jane Doe"
