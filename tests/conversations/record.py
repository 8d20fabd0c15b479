"""`python -m tests.conversations.record`: records in `turns.json` what every turn comes to.

One digest for each kind of conversation: it changes with any word that the agent says and any fact
that it collects, so that a change of the rules shows which kinds it changes. `--read DIRECTORY`
writes the turns themselves, one file for each kind: write them before and after your change, and
compare the two directories.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

from app.services.intake import RulesEngine
from tests.conversations.corpus import FOLDER, conversations
from tests.conversations.talk import Held, hold

RECORD = FOLDER / "turns.json"


def transcripts(held: Iterable[Held]) -> dict[str, str]:
    """All turns of each kind, one line of JSON for each."""
    lines: dict[str, list[str]] = {}
    for one in held:
        told = lines.setdefault(one.conversation.kind, [])
        told.append(f"# {one.conversation.title}")
        for text, turn in one.turns:
            told.append(json.dumps([text, asdict(turn)], ensure_ascii=False))
    return {kind: "\n".join(told) + "\n" for kind, told in lines.items()}


def digests(held: Iterable[Held]) -> dict[str, str]:
    return {
        kind: blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        for kind, text in transcripts(held).items()
    }


def recorded() -> dict[str, str]:
    found: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--read", metavar="DIRECTORY", type=Path)
    chosen = parser.parse_args()
    engine = RulesEngine()
    held = [hold(one, engine) for one in conversations()]
    if chosen.read:
        chosen.read.mkdir(parents=True, exist_ok=True)
        for kind, text in transcripts(held).items():
            (chosen.read / f"{kind}.txt").write_text(text, encoding="utf-8")
    else:
        RECORD.write_text(json.dumps(digests(held), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
