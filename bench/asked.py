"""`python -m bench.asked`: how many unseen questions are answered, and how many remarks as well.

Each message is the client's second one, after "hi" and our question for the name, to a team that
has an answer for everything. `--misses` prints what was not answered as expected; whoever tunes
with these messages needs new ones to measure with.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from app.domain.intake import IntakeTurn, Message
from app.services.intake import RulesEngine
from app.services.intake.listening.asked import NONE
from tests.conversations.asked import GREETINGS, Asked, files, learned_from, read
from tests.conversations.teams import TEAMS, with_fields

_TEAM = with_fields(TEAMS["rich"], faq=[])


def _turn(one: Asked, code: str, engine: RulesEngine) -> IntakeTurn:
    opening = Message("user", GREETINGS[code])
    ours = Message("assistant", engine.turn([opening], _TEAM).response)
    return engine.turn([opening, ours, Message("user", one.text)], _TEAM)


def is_met(one: Asked, turn: IntakeTurn) -> bool:
    return not turn.answers if NONE in one.topics else not set(one.topics).isdisjoint(turn.answers)


def heard(path: Path) -> Iterator[tuple[Asked, IntakeTurn]]:
    """The messages of a file with our turns, without those that were taken for danger, and without
    short plain ones that stand among the learned ones as well."""
    code, engine = path.stem.partition("_")[0], RulesEngine()
    learned = {one.text.lower() for one in learned_from(code)}
    for one in read(path):
        turn = _turn(one, code, engine)
        if not turn.warning and one.text.lower() not in learned:
            yield one, turn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true")
    chosen = parser.parse_args()
    print("| messages | questions answered | remarks left alone |")
    print("|---|---|---|")
    for code in GREETINGS:
        for path in files(code, unseen=True):
            every = list(heard(path))
            cells = []
            for quiet in (False, True):
                part = [is_met(*pair) for pair in every if (NONE in pair[0].topics) == quiet]
                cells.append(f"{100 * sum(part) / len(part):.1f} % of {len(part)}")
            print(f"| {path.stem} | {' | '.join(cells)} |")
            for one, turn in every if chosen.misses else ():
                if not is_met(one, turn):
                    print(f"    {'|'.join(one.topics)}: {one.text!r} {turn.answers}")


if __name__ == "__main__":
    main()
