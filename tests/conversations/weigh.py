"""`python -m tests.conversations.weigh`: the points of words for danger, from the conversations.

A logistic regression with a quadratic penalty, by stochastic gradient descent in a fixed order, so
that the same conversations give the same tables. The messages in `asked` and `areas` are no danger,
unless they have a phrase or word of it, or stand in a file about danger as well. `--without KIND`
leaves files out, to measure them as unseen ones.
"""

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import get_args

from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import POINTS_HEADER, Table, points_path
from app.services.intake.listening.utterance import Utterance
from app.services.intake.safety.danger import (
    kinds_by_phrase,
    signs_in,
    windows,
    words_that_count,
)
from app.services.intake.safety.points import BIAS, features
from tests.conversations.corpus import Conversation, conversations
from tests.conversations.labelled import learned_from

_ROUNDS, _STEP, _PENALTY = 15, 0.2, 2e-5
_LEAST = 8
_HARD = 4
"""How often a message of a file about danger counts: the others are easy and many."""
_NUMBERS = ("911", "988", "799-7233", "emerg")
_ALARMING = ("alarming", "hurting", "surely_harm", "firearms")
"""Lists of words that make a message no example of an ordinary one."""
_CRISIS_LINE = "988"


@dataclass(frozen=True, slots=True)
class Example:
    found: frozenset[str]
    danger: bool
    suicide: bool
    hard: bool


def _examples(code: str, without: Sequence[str]) -> Iterator[Example]:
    dangers = set[str]()
    for conversation in conversations():
        if conversation.kind.startswith("danger"):
            dangers.update(step.text for step in conversation.steps)
        if conversation.kind not in without:
            yield from _of(conversation, code)
    labelled = (learned_from(table, code, without) for table in get_args(Table))
    for one in chain.from_iterable(labelled):
        said = Utterance(one.text, LANGUAGES[code], first=False)
        told = said.language.code == code and one.text not in dangers
        if told and not _may_be_danger(said):
            yield from _harmless(said, hard=False)


def _may_be_danger(said: Utterance) -> bool:
    alarming = set[str]().union(*(said.language.lists[name] for name in _ALARMING))
    return bool(kinds_by_phrase(said, signs_in(said))) or not alarming.isdisjoint(said.words)


def _of(conversation: Conversation, code: str) -> Iterator[Example]:
    about = "danger" in conversation.kind
    alarming = conversation.kind.startswith("danger")
    for step in conversation.steps:
        numbers = [one.values for one in step.expected if one.what == "says"]
        danger = any(
            number in value for values in numbers for value in values for number in _NUMBERS
        )
        if alarming and not danger:
            continue
        said = Utterance(step.text, LANGUAGES[code], first=True)
        if said.language.code != code:
            continue
        suicide = any(_CRISIS_LINE in value for values in numbers for value in values)
        if danger:
            yield _example(said, danger=True, suicide=suicide, hard=about)
        else:
            yield from _harmless(said, hard=about)


def _harmless(said: Utterance, *, hard: bool) -> Iterator[Example]:
    """The message, and each part of it that is weighed alone: in a message about danger nobody
    knows which part tells it."""
    yield _example(said, danger=False, suicide=False, hard=hard)
    parts = list(windows(said, signs_in(said)))
    if len(parts) > 1:
        yield from (Example(frozenset(part), False, False, hard) for part in parts)


def _example(said: Utterance, *, danger: bool, suicide: bool, hard: bool) -> Example:
    signs = {sign for told in signs_in(said).values() for sign in told}
    found = frozenset(features(words_that_count(said), signs, said.language))
    return Example(found, danger, suicide, hard)


def _learned(examples: Sequence[tuple[frozenset[str], bool, int]]) -> Mapping[str, float]:
    """The weights of a logistic regression with AdaGrad."""
    weights: dict[str, float] = {BIAS: 0.0}
    squares: dict[str, float] = {}
    order = [one for one in examples for _ in range(one[2])]
    dice = random.Random(1)
    for _ in range(_ROUNDS):
        dice.shuffle(order)
        for found, true, _ in order:
            total = weights[BIAS] + sum(weights.get(name, 0.0) for name in found)
            error = true - 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            for name in (BIAS, *found):
                slope = error - _PENALTY * len(order) / 100 * weights.get(name, 0.0)
                squares[name] = squares.get(name, 1e-6) + slope * slope
                weights[name] = weights.get(name, 0.0) + _STEP * slope / math.sqrt(squares[name])
    return weights


def write(code: str, without: Sequence[str]) -> None:
    examples = list(_examples(code, without))
    seen = Counter(name for one in examples for name in one.found)
    danger = _learned(
        [
            (frozenset(n for n in one.found if seen[n] > 1), one.danger, _HARD if one.hard else 1)
            for one in examples
        ]
    )
    suicide = _learned([(one.found, one.suicide, 1) for one in examples if one.danger])
    rows = []
    for name in sorted({*danger, *suicide}):
        both = (round(100 * danger.get(name, 0.0)), round(100 * suicide.get(name, 0.0)))
        if max(map(abs, both)) >= _LEAST or name == BIAS:
            rows.append(f"{name}\t{both[0]}\t{both[1]}\n")
    points_path(code).write_text(POINTS_HEADER + "".join(rows), encoding="utf-8")
    print(code, len(examples), "messages,", len(rows), "rows")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", nargs="*", default=[], metavar="KIND")
    chosen = parser.parse_args()
    for code in LANGUAGES:
        write(code, chosen.without)


if __name__ == "__main__":
    main()
