"""Unseen questions are answered as often as on the day that they were measured.

`python -m bench.asked` prints the figures.
"""

import pytest

from app.services.intake.listening.asked import NONE
from bench.asked import heard, is_met
from tests.conversations.asked import GREETINGS, files

LEAST = {
    "en_unseen": (90.0, 85.0),
    "en_unseen_hard": (82.0, 78.0),
    "en_unseen_last": (88.0, 85.0),
    "es_unseen": (88.0, 80.0),
    "es_unseen_hard": (78.0, 65.0),
    "es_unseen_last": (88.0, 80.0),
}
"""Percent of the questions that are answered, and of the remarks that are left alone."""


UNSEEN = {path.stem: path for code in GREETINGS for path in files(code, unseen=True)}


@pytest.mark.parametrize("name", LEAST)
def test_unseen_questions_are_answered_and_remarks_are_not(name: str) -> None:
    questions, remarks = [], []
    for one, turn in heard(UNSEEN[name]):
        (remarks if NONE in one.topics else questions).append(is_met(one, turn))
    assert 100 * sum(questions) / len(questions) >= LEAST[name][0]
    assert 100 * sum(remarks) / len(remarks) >= LEAST[name][1]


def test_every_unseen_file_is_judged() -> None:
    assert set(UNSEEN) == set(LEAST)
