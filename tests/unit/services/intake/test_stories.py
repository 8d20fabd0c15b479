"""A story told instead of an answer: no name, no place, no number is taken from it."""

import pytest

from app.domain.intake import Message
from app.services.intake import RulesEngine
from tests.conversations.labelled import GREETINGS, learned_from
from tests.conversations.teams import TEAMS

EVERY = 9
WITH_DETAILS = ("en_conversations", "es_conversations", "en_stories")
"""Files in which people do tell their names and addresses."""
STORIES = [
    (code, one.text)
    for code in GREETINGS
    for one in [
        told
        for told in learned_from("areas", code, without=WITH_DETAILS)
        if "none" not in told.labels
    ][::EVERY]
]
BEFORE = {
    "name": [],
    "location": ["Jane Doe"],
    "phone": ["Jane Doe", "Raleigh, NC"],
    "email": ["Jane Doe", "Raleigh, NC", "919-832-1234"],
}
MOST = {"name": 1.5, "location": 1.0, "phone": 0.0, "email": 0.0}
"""Percent of the stories; some do tell a name, or where the client lives."""


def answer(engine: RulesEngine, slot: str, code: str, story: str) -> bool:
    """Whether a value was taken; for a place, one for which the client is refused."""
    messages: list[Message] = []
    for text in (GREETINGS[code], *BEFORE[slot], story):
        messages.append(Message("user", text))
        turn = engine.turn(messages, TEAMS["nc"])
        messages.append(Message("assistant", turn.response))
    if slot == "location":
        return turn.workflow == "out_of_scope" and turn.collected.location is not None
    return getattr(turn.collected, slot) is not None


@pytest.mark.parametrize("slot", BEFORE)
def test_a_story_is_no_answer(slot: str) -> None:
    engine = RulesEngine()
    taken = [story for code, story in STORIES if answer(engine, slot, code, story)]
    assert 100 * len(taken) / len(STORIES) <= MOST[slot], taken
