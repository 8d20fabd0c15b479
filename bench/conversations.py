"""`python -m bench.conversations`: what the intake understands and answers, kind by kind.

`--held-back` prints the fifth that is held back; `--misses [KIND]` the expectations that were not
met among the others; `--read TITLE` a whole conversation.
"""

import argparse
from collections import Counter
from collections.abc import Iterable

from app.services.intake import RulesEngine
from tests.conversations.corpus import conversations
from tests.conversations.talk import Held, hold

_TARGETS = {"slots": 98.0, "workflows": 99.0, "answers": 90.0}


def _share(met: int, of: int) -> str:
    return f"{100 * met / of:.1f} % of {of}" if of else "-"


def _row(name: str, held: Iterable[Held]) -> tuple[str, dict[str, float]]:
    met: Counter[str] = Counter()
    of: Counter[str] = Counter()
    turns = repeated = many = 0
    for one in held:
        many += 1
        turns += len(one.turns)
        repeated += one.repeated
        for judged in one.judged:
            of[judged.expectation.sort] += 1
            met[judged.expectation.sort] += judged.met
    cells = " | ".join(_share(met[sort], of[sort]) for sort in _TARGETS)
    figures = {sort: 100 * met[sort] / of[sort] for sort in _TARGETS if of[sort]}
    return f"| {name} | {many} | {cells} | {_share(repeated, turns)} |", figures


def table(held: list[Held]) -> None:
    print("| kind | conversations | slots | workflows | answers | same sentence twice in a row |")
    print("|---|---|---|---|---|---|")
    for kind in sorted({one.conversation.kind for one in held}):
        print(_row(kind, (one for one in held if one.conversation.kind == kind))[0])
    print(_row("**all**", held)[0])


def misses(held: list[Held], kind: str | None) -> None:
    for one in held:
        if kind and one.conversation.kind != kind:
            continue
        for judged in one.judged:
            if not judged.met:
                text, turn = one.turns[judged.turn - 1]
                print(f"{one.conversation.kind} | {one.conversation.title} | {judged.expectation}")
                print(f"    > {text!r}\n    < {turn.response!r}\n    {turn.collected}")


def read(held: list[Held], title: str) -> None:
    for one in held:
        if title in f"{one.conversation.kind}/{one.conversation.title}":
            print(f"# {one.conversation.kind}/{one.conversation.title}")
            for text, turn in one.turns:
                print(f"  client: {text}\n  agent:  {turn.response}")
            print(f"  {one.turns[-1][1].collected} {one.turns[-1][1].workflow}\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--misses", nargs="?", const="", metavar="KIND")
    parser.add_argument("--read", metavar="TITLE")
    chosen = parser.parse_args()
    engine = RulesEngine()
    held = [hold(one, engine) for one in conversations() if one.held_back == bool(chosen.held_back)]
    if chosen.misses is not None and not chosen.held_back:
        misses(held, chosen.misses or None)
    elif chosen.read:
        read(held, chosen.read)
    else:
        table(held)


if __name__ == "__main__":
    main()
