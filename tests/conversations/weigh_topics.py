"""`python -m tests.conversations.weigh_topics`: the points of words for the topics of questions.

From the messages in `tests/conversations/asked`. `--without FILE` leaves files out, to measure them
as unseen ones.
"""

from app.services.intake.listening.asked import features, parts
from app.services.intake.listening.utterance import Utterance
from tests.conversations.regression import Found, Pace, write


def _parts_of(said: Utterance) -> list[Found]:
    return [frozenset(features(said, part)) for part in parts(said)]


if __name__ == "__main__":
    write("topics", _parts_of, Pace(rounds=6, step=0.3, penalty=1e-4))
