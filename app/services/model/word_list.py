"""Lists of words as files: what may be said, what may not, and what comes before a name."""

from collections.abc import Iterable, Sequence
from pathlib import Path

_FOLDER = Path(__file__).parent


class WordList:
    """Words, beginnings of words (`pay*`), and words in a row (`on_us`)."""

    def __init__(self, entries: Iterable[str]) -> None:
        self.words = frozenset(entries)
        self._beginnings = tuple(entry[:-1] for entry in self.words if entry.endswith("*"))
        self._rows = [entry.replace("_", " ") for entry in self.words if "_" in entry]

    def has_any_of(self, words: Sequence[str]) -> bool:
        if any(word in self.words or word.startswith(self._beginnings) for word in words):
            return True
        spaced = f" {' '.join(words)} "
        return any(f" {row} " in spaced for row in self._rows)


def word_list(folder: str, language: str = "*") -> WordList:
    """The list of a language, empty if it has none; by default those of all languages in one."""
    files = (_FOLDER / folder).glob(f"{language}.txt")
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return WordList(word for line in lines if not line.startswith("#") for word in line.split())
