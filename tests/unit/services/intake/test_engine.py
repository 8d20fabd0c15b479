"""How long the engine may read; and that its first turn reads no file."""

import subprocess
import sys
from itertools import count
from pathlib import Path

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


FIRST_TURNS = """
import sys
from app.services.intake import RulesEngine
from app.domain.intake import Message
from tests.teams import NORTH_CAROLINA

opened = []
sys.addaudithook(lambda event, told: opened.append(str(told[0])) if event == "open" else None)
for text in ("Ann Poe from Durham NC. Who reads this?", "Vivo en Durham, NC. Me golpea"):
    RulesEngine().turn([Message("user", text)], NORTH_CAROLINA)
print([path for path in opened if path.endswith((".txt", ".tsv", ".toml"))])
"""


def test_the_first_turns_of_a_process_read_no_table() -> None:
    """They come in a burst, and each thread would read it for itself."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TURNS],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
