"""Every topic that a phrase asks about is answered, alone and beside others."""

from dataclasses import dataclass
from itertools import combinations
from typing import cast

import pytest

from app.services.intake.answering.topics import topics
from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import folder
from app.services.intake.listening.utterance import Utterance

ASKED = sorted(
    {
        label.removeprefix("ask.")
        for code in LANGUAGES
        for label in folder(code).phrases
        if label.startswith("ask.")
    }
)


@dataclass
class Asking:
    """A message that asks about these topics. `beside`: those that it names beside another."""

    topics: frozenset[str]
    beside: frozenset[str] = frozenset()

    def labels(self, kind: str) -> frozenset[str]:
        assert kind == "also"
        return self.beside


def answered(*about: str, beside: str = "") -> list[str]:
    return topics(cast(Utterance, Asking(frozenset(about), frozenset(beside.split()))))


@pytest.mark.parametrize("topic", ASKED)
def test_a_topic_alone_is_answered(topic: str) -> None:
    assert answered(topic) == [topic]


def test_of_two_topics_both_are_answered_or_one_that_covers_the_other() -> None:
    """In one order, whatever else the message asks; and no third topic is answered."""
    alone: dict[tuple[str, str], bool] = {}
    for first, second in combinations(ASKED, 2):
        told = answered(first, second)
        assert told
        assert set(told) <= {first, second}
        if len(told) == 2:
            alone[told[0], told[1]] = True
    assert len(alone) > len(ASKED)
    for before, after in combinations(answered(*ASKED), 2):
        assert (before, after) in alone, (before, after)


def test_what_nobody_asks_is_not_answered() -> None:
    assert answered() == answered("weather") == []


# The first answers each of the others as well.
COVERS = """
    free price
    covers price
    others lawyer human private advice firm existing
    plan price pay areas handle
    existing advice when next
    handle can_help advice
    why phone email private advice
    human phone lawyer firm
    time advice
    when next human time
    advice can_help
    languages human handle there
    refund can_help price
    states handle can_help areas
    areas can_help
    lawyer firm person
    person firm
    referral can_help
    pay price
    english can_help languages
    address phone
    hours when appointment
    documents advice
    next areas handle
    price human
"""
PAIRS = [
    (first, second)
    for first, *rest in map(str.split, COVERS.strip().splitlines())
    for second in rest
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_topic_that_another_one_answers_is_not_answered_again(first: str, second: str) -> None:
    assert answered(first, second) == [first]


def test_what_is_answered_has_an_order() -> None:
    assert answered("documents", "email", "hours", "free", "covers") == [
        *("free", "covers", "email", "hours", "documents")
    ]


def test_what_is_named_beside_another_topic_is_answered_too() -> None:
    assert answered("address", "phone") == ["address"]
    assert answered("address", "phone", beside="phone") == ["phone", "address"]
