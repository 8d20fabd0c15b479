"""`python -m tests.conversations.weigh_areas`: the points of words for the areas of law.

From the messages in `tests/conversations/areas`. `--without FILE` leaves files out, to measure them
as unseen ones.
"""

from app.services.intake.listening.areas import features
from app.services.intake.listening.utterance import Utterance
from tests.conversations.regression import Found, Pace, write


def _whole(said: Utterance) -> list[Found]:
    return [frozenset(features(said, 0, len(said.words)))]


if __name__ == "__main__":
    write("areas", _whole, Pace(rounds=12, step=0.15, penalty=1e-2))
