"""`python -m tests.conversations.weigh_topics`: the points of words for the topics of questions.

From the messages in `tests/conversations/asked`. `--without FILE` leaves files out, to measure them
as unseen ones.
"""

from collections.abc import Iterator, Sequence

from app.services.intake.listening.asked import features, parts
from tests.conversations.labelled import Labelled
from tests.conversations.regression import (
    Example,
    Found,
    Pace,
    Regression,
    common,
    labels_of,
    said_in,
    write,
)

_PACE = Pace(rounds=6, step=0.3, penalty=1e-4)


def _parts_of(one: Labelled, code: str) -> list[Found]:
    said = said_in(one, code)
    return [frozenset(features(said, part)) for part in parts(said)]


def _examples(
    told: Sequence[tuple[int, list[Found]]], model: Regression | None
) -> Iterator[Example]:
    """Of several sentences the one asks that a first model finds the likeliest; without a model,
    only messages of one sentence are examples."""
    for topic, each in told:
        if topic == 0 or len(each) < 2:
            yield from ((part, topic) for part in each)
        elif model:
            best = max(range(len(each)), key=lambda at: model.shares(each[at])[topic])
            yield from ((part, topic if at == best else 0) for at, part in enumerate(each))


def learned(messages: Sequence[Labelled], code: str) -> Regression:
    topics = labels_of(messages)
    told = common([(topics.index(one.labels[0]), _parts_of(one, code)) for one in messages])
    first, model = Regression(topics, _PACE), Regression(topics, _PACE)
    first.learn(list(_examples(told, None)))
    model.learn(list(_examples(told, first)))
    return model


if __name__ == "__main__":
    write("topics", learned)
