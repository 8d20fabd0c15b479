"""`python -m bench.unseen`: how many unseen questions are answered, and how many matters find their
area of law; and how many messages that ask or tell nothing are left alone.

Each message is the client's second one, after "hi" and our question for the name, to a team that
has an answer for everything and a service for every area. `--misses` prints what was not
understood; whoever tunes with these messages needs new ones to measure with.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from app.domain.intake import IntakeTurn, Message
from app.services.intake import RulesEngine
from app.services.intake.languages.loading import Table
from app.services.intake.listening.shares import NONE, shares_in
from tests.conversations.labelled import GREETINGS, Labelled, files, learned_from, read
from tests.conversations.teams import TEAMS, with_fields

_AREAS = [area for area in shares_in("en", "areas").labels if area != NONE]
_TEAMS = {
    "topics": with_fields(TEAMS["rich"], faq=[]),
    "areas": with_fields(TEAMS["rich"], availableServices=_AREAS),
}


def _turn(table: Table, one: Labelled, code: str, engine: RulesEngine) -> IntakeTurn:
    team, opening = _TEAMS[table], Message("user", GREETINGS[code])
    ours = Message("assistant", engine.turn([opening], team).response)
    return engine.turn([opening, ours, Message("user", one.text)], team)


def is_met(table: Table, one: Labelled, turn: IntakeTurn) -> bool:
    matter = turn.collected.matter_type
    found = turn.answers if table == "topics" else (matter,) if matter else ()
    return not found if NONE in one.labels else not set(one.labels).isdisjoint(found)


def heard(table: Table, path: Path) -> Iterator[tuple[Labelled, IntakeTurn]]:
    """The messages of a file with our turns, without those that were taken for danger, and without
    short plain ones that stand among the learned ones as well."""
    code, engine = path.stem.partition("_")[0], RulesEngine()
    learned = {one.text.lower() for one in learned_from(table, code)}
    for one in read(path):
        turn = _turn(table, one, code, engine)
        if not turn.warning and one.text.lower() not in learned:
            yield one, turn


def shares(
    table: Table, every: Iterable[tuple[Labelled, IntakeTurn]]
) -> tuple[list[bool], list[bool]]:
    """Whether each message that is about something, and each that is not, was understood."""
    about: tuple[list[bool], list[bool]] = ([], [])
    for one, turn in every:
        about[NONE in one.labels].append(is_met(table, one, turn))
    return about


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true")
    chosen = parser.parse_args()
    print("| messages | understood | left alone |")
    print("|---|---|---|")
    for table in get_args(Table):
        for path in (path for code in GREETINGS for path in files(table, code, unseen=True)):
            every = list(heard(table, path))
            cells = [
                f"{100 * sum(part) / len(part):.1f} % of {len(part)}"
                for part in shares(table, every)
            ]
            print(f"| {table}: {path.stem} | {' | '.join(cells)} |")
            for one, turn in every if chosen.misses else ():
                if not is_met(table, one, turn):
                    found = turn.answers if table == "topics" else turn.collected.matter_type
                    print(f"    {'|'.join(one.labels)}: {one.text!r} {found}")


if __name__ == "__main__":
    main()
