"""`python -m tests.conversations.weigh_areas`: the points of words for the areas of law.

From the messages in `tests/conversations/areas`. `--without FILE` leaves files out, to measure them
as unseen ones.
"""

from collections.abc import Sequence

from app.services.intake.listening.areas import features
from tests.conversations.labelled import Labelled
from tests.conversations.regression import (
    Found,
    Pace,
    Regression,
    common,
    labels_of,
    said_in,
    write,
)

_PACE = Pace(rounds=12, step=0.15, penalty=1e-2)


def _features(one: Labelled, code: str) -> Found:
    said = said_in(one, code)
    return frozenset(features(said, 0, len(said.words)))


def learned(messages: Sequence[Labelled], code: str) -> Regression:
    areas = labels_of(messages)
    told = [(areas.index(one.labels[0]), [_features(one, code)]) for one in messages]
    model = Regression(areas, _PACE)
    model.learn([(part, area) for area, each in common(told) for part in each])
    return model


if __name__ == "__main__":
    write("areas", learned)
