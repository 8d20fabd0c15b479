"""`python -m tests.conversations.weigh_topics`: the points of words for the topics of questions.

A softmax regression by AdaGrad, in a fixed order, over the messages in `tests/conversations/asked`,
so that the same messages give the same tables. `--without FILE` leaves files out, to measure them
as unseen ones.
"""

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from app.domain.intake import Message
from app.services.intake.conversation import beginning, hear
from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import TOPICS_HEADER, topics_path
from app.services.intake.listening.asked import BIAS, NONE, PER_POINT, features, parts
from tests.conversations.asked import GREETINGS, Asked, digest, learned_from
from tests.conversations.teams import TEAMS

_ROUNDS, _STEP, _PENALTY = 6, 0.3, 1e-4
_FROM = 2
"""The round from which on the table is the mean of all: each order alone has its chance results."""
_FEWEST = 2
"""A feature of fewer sentences is no feature."""
_LEAST, _MOST = 4, 127


def _parts_of(one: Asked, code: str) -> list[frozenset[str]]:
    ours = LANGUAGES[code].sentences["ask.name"][0]
    opening = (Message("user", GREETINGS[code]), Message("assistant", ours))
    said = hear(beginning(TEAMS["nc"].config), (*opening, Message("user", one.text)), lambda: None)
    return [frozenset(features(said, part)) for part in parts(said)]


class Regression:
    """The logarithms of a topic's odds that each feature adds."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.topics = topics
        self.rows: dict[str, list[float]] = {BIAS: [0.0] * len(topics)}
        self._squares: dict[str, list[float]] = {}

    def shares(self, found: frozenset[str]) -> list[float]:
        rows = [row for one in (BIAS, *found) if (row := self.rows.get(one))]
        totals = [sum(column) for column in zip(*rows, strict=True)]
        most = max(totals)
        odds = [math.exp(total - most) for total in totals]
        whole = sum(odds)
        return [one / whole for one in odds]

    def learn(self, found: frozenset[str], topic: int) -> None:
        errors = [-share for share in self.shares(found)]
        errors[topic] += 1
        for name in (BIAS, *sorted(found)):
            row = self.rows.setdefault(name, [0.0] * len(errors))
            squares = self._squares.setdefault(name, [1e-3] * len(errors))
            for at, error in enumerate(errors):
                slope = error - _PENALTY * row[at]
                squares[at] += slope * slope
                row[at] += _STEP * slope / math.sqrt(squares[at])


Example = tuple[frozenset[str], int]


def _learned(examples: Sequence[Example], topics: Sequence[str]) -> Regression:
    model, dice, order = Regression(topics), random.Random(1), list(examples)
    sums: dict[str, list[float]] = {}
    for number in range(_ROUNDS):
        dice.shuffle(order)
        for found, topic in order:
            model.learn(found, topic)
        if number >= _FROM:
            for name, row in model.rows.items():
                before = sums.get(name, [0.0] * len(row))
                sums[name] = [one + other for one, other in zip(before, row, strict=True)]
    model.rows = {name: [one / (_ROUNDS - _FROM) for one in row] for name, row in sums.items()}
    return model


def _examples(
    told: Sequence[tuple[int, list[frozenset[str]]]], model: Regression | None
) -> Iterator[Example]:
    """Of several sentences the one asks that a first model finds the likeliest; without a model,
    only messages of one sentence are examples."""
    for topic, each in told:
        if topic == 0 or len(each) < 2:
            yield from ((part, topic) for part in each)
        elif model:
            best = max(range(len(each)), key=lambda at: model.shares(each[at])[topic])
            yield from ((part, topic if at == best else 0) for at, part in enumerate(each))


def learned(code: str, without: Sequence[str]) -> Regression:
    messages = list(learned_from(code, without))
    topics = [NONE, *sorted({one.topics[0] for one in messages} - {NONE})]
    told = [(topics.index(one.topics[0]), _parts_of(one, code)) for one in messages]
    seen = Counter(name for _, each in told for part in each for name in part)
    told = [
        (topic, [frozenset(name for name in part if seen[name] >= _FEWEST) for part in each])
        for topic, each in told
    ]
    first = _learned(list(_examples(told, None)), topics)
    return _learned(list(_examples(told, first)), topics)


def _row(values: Sequence[float], topics: Sequence[str]) -> str:
    usual = median(values)  # the same for all topics changes nothing
    points = (max(-_MOST, min(_MOST, round((value - usual) / PER_POINT))) for value in values)
    pairs = zip(topics, points, strict=True)
    return " ".join(f"{topic}:{value}" for topic, value in pairs if abs(value) >= _LEAST)


def write(code: str, without: Sequence[str]) -> None:
    model = learned(code, without)
    rows = {name: _row(values, model.topics) for name, values in model.rows.items()}
    lines = [f"{name}\t{row}\n" for name, row in sorted(rows.items()) if row]
    header = TOPICS_HEADER.format(digest=digest(code))
    topics_path(code).write_text(header + "".join(lines), encoding="utf-8")
    print(code, len(lines), "rows")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", nargs="*", default=[], metavar="FILE")
    chosen = parser.parse_args()
    for code in LANGUAGES:
        write(code, chosen.without)


if __name__ == "__main__":
    main()
