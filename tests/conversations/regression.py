"""A softmax regression by AdaGrad, in a fixed order: the same messages give the same table."""

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from app.domain.intake import Message
from app.services.intake.conversation import beginning, hear
from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import SHARES_HEADER, Table, shares_path
from app.services.intake.listening.shares import BIAS, NONE, PER_POINT
from app.services.intake.listening.utterance import Utterance
from tests.conversations.labelled import GREETINGS, Labelled, digest, learned_from
from tests.conversations.teams import TEAMS

_FEWEST = 2
"""A feature of fewer texts is no feature."""
_SEVERAL = 2
_LEAST, _MOST = 4, 127
Found = frozenset[str]
Example = tuple[Found, int]
Told = tuple[int, list[Found]]
PartsOf = Callable[[Utterance], list[Found]]
"""The features of each part of a message that is weighed as a whole."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`first_kept`: the round from which on the result is the mean of all, because each order alone
    has its chance results."""

    rounds: int
    step: float
    penalty: float
    first_kept: int = 2


class Regression:
    """The logarithms of a label's odds that each feature adds."""

    def __init__(self, labels: Sequence[str], pace: Pace) -> None:
        self.labels = labels
        self.rows: dict[str, list[float]] = {BIAS: [0.0] * len(labels)}
        self._pace = pace
        self._squares: dict[str, list[float]] = {}

    def shares(self, found: Found) -> list[float]:
        rows = [row for one in (BIAS, *found) if (row := self.rows.get(one))]
        totals = [sum(column) for column in zip(*rows, strict=True)]
        most = max(totals)
        odds = [math.exp(total - most) for total in totals]
        whole = sum(odds)
        return [one / whole for one in odds]

    def learn(self, examples: Sequence[Example]) -> None:
        pace, dice, order = self._pace, random.Random(1), list(examples)
        sums: dict[str, list[float]] = {}
        for number in range(pace.rounds):
            dice.shuffle(order)
            for found, label in order:
                self._learn(found, label)
            if number >= pace.first_kept:
                for name, row in self.rows.items():
                    before = sums.get(name, [0.0] * len(row))
                    sums[name] = [one + other for one, other in zip(before, row, strict=True)]
        kept = pace.rounds - pace.first_kept
        self.rows = {name: [one / kept for one in row] for name, row in sums.items()}

    def _learn(self, found: Found, label: int) -> None:
        pace = self._pace
        errors = [-share for share in self.shares(found)]
        errors[label] += 1
        for name in (BIAS, *sorted(found)):
            row = self.rows.setdefault(name, [0.0] * len(errors))
            squares = self._squares.setdefault(name, [1e-3] * len(errors))
            for at, error in enumerate(errors):
                slope = error - pace.penalty * row[at]
                squares[at] += slope * slope
                row[at] += pace.step * slope / math.sqrt(squares[at])


def _said_in(one: Labelled, code: str) -> Utterance:
    """The message as the answer to our question for the name."""
    ours = LANGUAGES[code].sentences["ask.name"][0]
    opening = (Message("user", GREETINGS[code]), Message("assistant", ours))
    return hear(beginning(TEAMS["nc"].config), (*opening, Message("user", one.text)), lambda: None)


def _common(told: Sequence[Told]) -> list[Told]:
    """The labels and the parts of messages, without features of a single text."""
    seen = Counter(name for _, each in told for part in each for name in part)
    return [
        (label, [frozenset(name for name in part if seen[name] >= _FEWEST) for part in each])
        for label, each in told
    ]


def _examples(told: Sequence[Told], model: Regression | None) -> Iterator[Example]:
    """Of several parts the one is meant that a first model finds the likeliest; without a model,
    only messages of one part are examples."""
    for label, each in told:
        if label == 0 or len(each) < _SEVERAL:
            yield from ((part, label) for part in each)
        elif model:
            best = max(range(len(each)), key=lambda at: model.shares(each[at])[label])
            yield from ((part, label if at == best else 0) for at, part in enumerate(each))


def _learned(messages: Sequence[Labelled], code: str, parts_of: PartsOf, pace: Pace) -> Regression:
    labels = [NONE, *sorted({one.labels[0] for one in messages} - {NONE})]
    told = _common(
        [(labels.index(one.labels[0]), parts_of(_said_in(one, code))) for one in messages]
    )
    model = Regression(labels, pace)
    model.learn(list(_examples(told, None)))
    if all(len(each) < _SEVERAL for _, each in told):
        return model
    second = Regression(labels, pace)
    second.learn(list(_examples(told, model)))
    return second


def _row(values: Sequence[float], labels: Sequence[str]) -> str:
    usual = median(values)  # the same for all labels changes nothing
    points = (max(-_MOST, min(_MOST, round((value - usual) / PER_POINT))) for value in values)
    pairs = zip(labels, points, strict=True)
    return "|".join(f"{label}:{value}" for label, value in pairs if abs(value) >= _LEAST)


def write(table: Table, parts_of: PartsOf, pace: Pace) -> None:
    """Write the tables of all languages, as the command line asks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", nargs="*", default=[], metavar="FILE", help="not learned from")
    chosen = parser.parse_args()
    for code in LANGUAGES:
        messages = list(learned_from(table, code, chosen.without))
        model = _learned(messages, code, parts_of, pace)
        rows = {name: _row(values, model.labels) for name, values in model.rows.items()}
        lines = [f"{name}\t{row}\n" for name, row in sorted(rows.items()) if row]
        header = SHARES_HEADER.format(table=table, digest=digest(table, code))
        shares_path(code, table).write_text(header + "".join(lines), encoding="utf-8")
        print(code, len(lines), "rows")
