"""Reads a language's folder: word lists, phrases and sentences, all as data."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

_ROOT = Path(__file__).parent
_COMMENT = "#"


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(slots=True)
class Written:
    """The content of a folder's files: `@lists` of words, and phrases below their `[label]`."""

    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    phrases: dict[str, list[str]] = field(default_factory=dict)

    def read(self, path: Path) -> None:
        label: str | None = None
        words: str | None = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith(_COMMENT):
                continue
            if line.startswith("["):
                label, words = line.strip()[1:-1], None
                self.phrases.setdefault(label, [])
            elif line.startswith("@") and line.split()[1:2] == ["="]:
                name, _, rest = line[1:].partition("=")
                label, words = None, name.strip()
                self._more(words, rest)
            elif words is not None:
                self._more(words, line)
            elif label is not None:
                self.phrases[label].append(line.strip())

    def _more(self, name: str, written: str) -> None:
        """A list may contain other lists: `@kin @strangers whoever`."""
        found: set[str] = set(self.lists.get(name, ()))
        for word in written.split():
            found |= self.lists[word[1:]] if word.startswith("@") else {word}
        self.lists[name] = frozenset(found)


def folder(code: str) -> Written:
    """The lists of all languages and those of one; `words.txt` first, because the others use its
    lists."""
    written = Written()
    written.read(_ROOT / "names.txt")
    written.read(_ROOT / code / "words.txt")
    for path in sorted((_ROOT / code).glob("*.txt")):
        if path.name not in ("words.txt", "common.txt", "dictionary.txt"):
            written.read(path)
    return written


POINTS_HEADER: Final = (
    "# Written by `python -m tests.conversations.weigh`; safety/points.py reads it.\n"
)


def points_path(code: str) -> Path:
    return _ROOT / code / "points.tsv"


def points_file(code: str) -> Iterator[tuple[str, int, int]]:
    """The rows of the table: a feature, its points of danger and of suicide."""
    for feature, danger, suicide in _rows(points_path(code)):
        yield feature, int(danger), int(suicide)


def _rows(path: Path) -> Iterator[list[str]]:
    """The columns of a table's lines; none of a new language, before its tables are written."""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith(_COMMENT):
                yield line.split("\t")


Table = Literal["topics", "areas"]
"""The tables of what a text is about: a question, and a matter."""
SHARES_HEADER: Final = (
    "# Written by `python -m tests.conversations.weigh_{table}`; listening/shares.py reads it.\n"
    "# Of the messages with the digest {digest}\n"
)


def shares_path(code: str, table: Table) -> Path:
    return _ROOT / code / f"{table}.tsv"


def shares_file(code: str, table: Table) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """The rows of a table: a feature, and its points for labels."""
    for feature, written in _rows(shares_path(code, table)):
        points = (one.rpartition(":") for one in written.split("|"))
        yield feature, [(label, int(value)) for label, _, value in points]


def common_words(code: str) -> frozenset[str]:
    return frozenset(_words(_ROOT / code / "common.txt"))


def dictionary(code: str) -> Mapping[str, str]:
    """Rarer words by their first two letters, those of each in one text: a set of them all would
    take ten times the memory."""
    found: dict[str, list[str]] = {}
    for word in _words(_ROOT / code / "dictionary.txt"):
        found.setdefault(word[:2], []).append(word)
    return {letters: f" {' '.join(words)} " for letters, words in found.items()}


def _words(path: Path) -> list[str]:
    """The words of a file; none of a new language, before it has one."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [line for line in text.splitlines() if not line.startswith(_COMMENT)]
    return " ".join(lines).split()


def sentences(code: str) -> Mapping[str, tuple[str, ...]]:
    """Each sentence with its wordings."""
    with (_ROOT / code / "sentences.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        f"{group}.{name}": (ways,) if isinstance(ways, str) else tuple(ways)
        for group, entries in table.items()
        for name, ways in entries.items()
    }
