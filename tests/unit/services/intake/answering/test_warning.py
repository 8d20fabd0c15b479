"""The numbers that a client in danger is given."""

import pytest

from app.services.intake.answering.firm import Firm
from app.services.intake.answering.voice import Voice
from app.services.intake.answering.warning import warning
from app.services.intake.conversation import beginning
from app.services.intake.languages import DEFAULT, LANGUAGES
from app.services.intake.listening.utterance import Utterance
from app.services.intake.safety import Danger
from tests.conversations.teams import TEAMS

UNCLEAR = Danger(
    violence=False, suicide=False, medical=False, child=False, unclear=True, abuser=False
)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("turn", range(3))
def test_unclear_danger_gets_the_numbers_for_both(code: str, turn: int) -> None:
    firm = Firm(TEAMS["nc"], Voice(LANGUAGES[code], "", turn))
    said = Utterance("", DEFAULT, first=True)
    words = warning(UNCLEAR, beginning(TEAMS["nc"].config), said, firm)
    assert "911" in words
    assert "988" in words


def test_abroad_unclear_danger_gets_the_number_of_the_country() -> None:
    firm = Firm(TEAMS["nc"], Voice(DEFAULT, "", 0))
    said = Utterance("I am in Germany", DEFAULT, first=True)
    words = warning(UNCLEAR, beginning(TEAMS["nc"].config), said, firm)
    assert "112" in words
    assert "988" not in words
