"""Messages of clients with the topic of which they ask, one on a line, after the topic and a tab.

The files are `<language>_<who writes>.tsv`. A second topic (`next|when`) would be answered as well.
Those named `unseen` are not learned from: `python -m bench.asked` measures with them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

GREETINGS = {"en": "hi", "es": "hola"}
"""What stands in front of each message, before our question for the name."""
_FOLDER = Path(__file__).parent
_UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message, and the topics of which one is expected, the best first."""

    topics: tuple[str, ...]
    text: str


def files(code: str, *, unseen: bool) -> list[Path]:
    every = sorted(_FOLDER.glob(f"{code}_*.tsv"))
    return [path for path in every if (_UNSEEN in path.stem) == unseen]


def read(path: Path) -> Iterator[Asked]:
    for line in path.read_text(encoding="utf-8").splitlines():
        topics, _, text = line.partition("\t")
        yield Asked(tuple(topics.split("|")), text)


def learned_from(code: str, without: Sequence[str] = ()) -> Iterator[Asked]:
    for path in files(code, unseen=False):
        if path.stem not in without:
            yield from read(path)


def digest(code: str) -> str:
    """Changes with the messages that are learned from."""
    found = hashlib.sha256()
    for path in files(code, unseen=False):
        found.update(path.read_bytes())
    return found.hexdigest()
