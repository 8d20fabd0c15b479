"""Messages of clients with what each is about, one on a line, after the label and a tab.

The files are `<folder>/<language>_<who writes>.tsv`. A second label (`next|when`) would be as
right. Those named `unseen` are not learned from: `python -m bench.unseen` measures with them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.intake.languages.loading import Table

GREETINGS = {"en": "hi", "es": "hola"}
"""What stands in front of each message, before our question for the name."""
_FOLDERS: dict[Table, str] = {"topics": "asked", "areas": "areas"}
_UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, and the labels of which one is expected, the best first."""

    labels: tuple[str, ...]
    text: str


def files(table: Table, code: str, *, unseen: bool) -> list[Path]:
    every = sorted((Path(__file__).parent / _FOLDERS[table]).glob(f"{code}_*.tsv"))
    return [path for path in every if (_UNSEEN in path.stem) == unseen]


def read(path: Path) -> Iterator[Labelled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        labels, _, text = line.partition("\t")
        yield Labelled(tuple(labels.split("|")), text)


def learned_from(table: Table, code: str, without: Sequence[str] = ()) -> Iterator[Labelled]:
    for path in files(table, code, unseen=False):
        if path.stem not in without:
            yield from read(path)


def digest(table: Table, code: str) -> str:
    """Changes with the messages that are learned from."""
    found = hashlib.sha256()
    for path in files(table, code, unseen=False):
        found.update(path.read_bytes())
    return found.hexdigest()
