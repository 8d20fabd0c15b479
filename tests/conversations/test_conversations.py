"""The conversations of this folder: what is understood and answered does not get worse.

`python -m bench.conversations` prints the figures, kind by kind.
"""

from collections import Counter

import pytest

from app.services.intake import RulesEngine
from tests.conversations.corpus import conversations
from tests.conversations.talk import Held, hold

LEAST = {"slots": 97.0, "workflows": 98.0, "answers": 95.0}
HARD = ("unseen_21", "unseen_23", "unseen_24", "unseen_26")
"""Clients who tell everything in one message, write for others, or have details that are hard to
hear."""
LEAST_OF_HARD = {"slots": 88.0, "workflows": 75.0}
MOST_REPEATED = 1.0


@pytest.fixture(scope="module", params=["tuned", "held back"])
def held(request: pytest.FixtureRequest) -> list[Held]:
    back = request.param == "held back"
    return [hold(one, RulesEngine()) for one in conversations() if one.held_back == back]


def test_there_are_enough() -> None:
    every = conversations()
    assert len(every) >= 300
    assert len({(one.kind, one.title) for one in every}) == len(every)
    assert 0.15 <= sum(one.held_back for one in every) / len(every) <= 0.25


def shares(held: list[Held], *, hard: bool) -> dict[str, float]:
    met: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for one in held:
        for judged in one.judged if (one.conversation.kind in HARD) == hard else ():
            of[judged.expectation.sort] += 1
            met[judged.expectation.sort] += judged.met
    return {sort: 100 * met[sort] / of[sort] for sort in of}


def test_expectations_are_met(held: list[Held]) -> None:
    found, found_in_hard = shares(held, hard=False), shares(held, hard=True)
    assert {sort for sort, least in LEAST.items() if found[sort] < least} == set()
    assert {sort for sort, least in LEAST_OF_HARD.items() if found_in_hard[sort] < least} == set()


def test_no_sentence_is_said_twice_in_a_row(held: list[Held]) -> None:
    turns = sum(len(one.turns) for one in held)
    assert 100 * sum(one.repeated for one in held) / turns <= MOST_REPEATED


def test_danger_is_never_missed(held: list[Held]) -> None:
    for one in held:
        for judged in one.judged:
            if one.conversation.kind.startswith("danger") and judged.expectation.what == "says":
                assert judged.met, one.conversation.title


def test_no_remark_after_the_end_opens_a_matter(held: list[Held]) -> None:
    """It would be billed."""
    remarks = [one for one in held if one.conversation.kind == "remarks"]
    assert len(remarks) >= 20
    for one in remarks:
        for judged in one.judged:
            assert judged.met, one.conversation.title


def test_requests_for_another_matter_are_understood(held: list[Held]) -> None:
    requests = [one for one in held if one.conversation.kind == "requests"]
    met = [all(judged.met for judged in one.judged) for one in requests]
    assert len(requests) >= 8
    assert sum(met) >= 0.95 * len(met)
