"""Holds a conversation with the engine, turn by turn, and judges each turn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team
from app.ports import IntakeEngine
from tests.conversations.corpus import Conversation, Expectation
from tests.conversations.teams import TEAMS

_SENTENCE = re.compile(r"[^.?!]+[.?!]+")
_SHORTEST = 12
_SLOTS = {"matterType": "matter_type"}


@dataclass(frozen=True, slots=True)
class Judged:
    expectation: Expectation
    met: bool
    turn: int


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation as it went: the client's words, our answers, and what was expected."""

    conversation: Conversation
    turns: list[tuple[str, IntakeTurn]]
    judged: list[Judged]
    repeated: int
    """Turns with a sentence that the answer before had as well."""


def hold(conversation: Conversation, engine: IntakeEngine) -> Held:
    team: Team = TEAMS[conversation.team]
    messages: list[Message] = []
    turns: list[tuple[str, IntakeTurn]] = []
    judged: list[Judged] = []
    repeated = 0
    said_before: set[str] = set()
    for step in conversation.steps:
        messages.append(Message("user", step.text))
        turn = engine.turn(messages, team)
        messages.append(Message("assistant", turn.response))
        turns.append((step.text, turn))
        sentences = set(_sentences(turn.response))
        repeated += not sentences.isdisjoint(said_before)
        said_before = sentences
        for one in step.expected:
            judged.append(Judged(one, _met(one, turn), len(turns)))
    return Held(conversation, turns, judged, repeated)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.findall(text):
        if len(sentence.strip()) >= _SHORTEST:
            yield sentence.strip()


def _met(one: Expectation, turn: IntakeTurn) -> bool:
    text = _observed(one.what, turn)
    low = [value.lower() for value in one.values]
    if one.what == "hush" or one.how == "!~":
        return not any(value in text.lower() for value in low)
    if one.what == "says" or one.how == "~":
        return any(value in text.lower() for value in low)
    return text == one.values[0] or (one.values[0] == "-" and not text)


def _observed(what: str, turn: IntakeTurn) -> str:
    if what in ("says", "hush"):
        return turn.response
    if what == "workflow":
        return turn.workflow
    if what == "matters":
        return str((turn.completed_at is not None) + len(turn.further))
    if what == "missing":
        return " ".join(turn.missing)
    if what == "further":
        return " / ".join(matter.description for matter in turn.further)
    return getattr(turn.collected, _SLOTS.get(what, what)) or ""
