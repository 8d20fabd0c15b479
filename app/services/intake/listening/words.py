"""A text in words and sentences."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Set
from itertools import groupby, pairwise
from typing import Final

from app.services.intake.languages import Language
from app.services.intake.languages.loading import word_set
from app.services.intake.listening.letters import plain

TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.?!;\n]")
_STOPS = ".?!;\n"
_LETTERS = re.compile(r"(?: [^\W\d_]){2}\b")
"""Behind a letter, two more: "a r j u n"."""
_DRAWN_OUT = 3
"""As many equal letters in a row are a way to shout: "pleeease"."""
_SPACES = frozenset(" \t\r\n")
_ABBREVIATIONS = word_set("mr mrs ms dr prof st ft mt jr sr vs no inc ave")
_ONE_LETTER = word_set("i a y o e")
"""Words of one letter."""


class Words:
    """The words of a text in lower case.

    `words` have no accents; short forms are expanded ("i'm" is two words) and common typing errors
    corrected. `starts` and `behinds` are the start and end of each in the text, `ends` the number
    of the word after its sentence.
    """

    __slots__ = ("asks", "behinds", "ends", "language", "low", "starts", "words")

    def __init__(self, low: str, language: Language) -> None:
        self.low, self.language = low, language
        self.words: list[str] = []
        self.starts: list[int] = []
        self.behinds: list[int] = []
        self.ends: list[int] = []
        self.asks: set[int] = set()
        """The numbers of the words behind each sentence that ends with a question mark."""
        self._split()

    def _split(self) -> None:
        short, phrased = self.language.short_forms, self.language.book.words
        common = self.language.common
        words, starts, behinds = self.words, self.starts, self.behinds
        for match in TOKEN.finditer(self.low):
            piece, start, behind = match[0], match.start(), match.end()
            if piece in _STOPS:
                if piece != "." or self._is_full_stop(behind):
                    self._end(piece)
                continue
            word = piece if piece.isascii() else plain(piece)
            forms = short.get(word)
            if forms is None:
                if "'" in word or (word not in phrased and word not in common):
                    forms = self._unknown(word)
            elif len(piece) == 1 and (
                self.low[behind : behind + 1] == "."
                or self._spells()
                or _LETTERS.match(self.low, behind)
            ):
                forms = None
            for form in forms or (word,):
                words.append(form)
                starts.append(start)
                behinds.append(behind)
        self._end("")

    def _spells(self) -> bool:
        """Whether the word before is a letter: "h s u" has no "you"."""
        return bool(self.words) and len(self.words[-1]) == 1 and self.words[-1] not in _ONE_LETTER

    def _unknown(self, word: str) -> tuple[str, ...] | None:
        """A word with "'s" after it, drawn out ("pleeease"), or with a typing error."""
        if "'" in word:
            return (word[:-2], "'s") if word.endswith("'s") else None
        if word.isdecimal():
            return None
        for short in _shortened(word):
            if self.language.knows(short):
                return self.language.short_forms.get(short, (short,))
        return (self.language.spelling.meant(word),)

    def _is_full_stop(self, behind: int) -> bool:
        if behind < len(self.low) and self.low[behind] not in _SPACES:
            return False
        last = self.words[-1] if self.words else ""
        initial = len(last) == 1 and last.isalpha() and last != "i"
        return behind == len(self.low) or not (initial or last in _ABBREVIATIONS)

    def _end(self, mark: str) -> None:
        behind = len(self.words)
        if len(self.ends) < behind:
            self.ends.extend([behind] * (behind - len(self.ends)))
        if mark == "?":
            self.asks.add(behind)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """The numbers of each sentence's first word and of the word after it."""
        return pairwise((0, *dict.fromkeys(self.ends)))

    def word_at(self, position: int) -> int:
        """The number of the first word that begins at or after a position of the text."""
        return bisect_left(self.starts, position)

    def past(self, number: int, lead: Set[str], last: int | None = None) -> int:
        """The number of the first word, from one on, that is none of these; at most `last`."""
        last = len(self.words) if last is None else last
        while number < last and self.words[number] in lead:
            number += 1
        return number

    def written(self, number: int) -> str:
        """A word as the client wrote it, in lower case and without accents: in an address or a name
        nothing is a typing error."""
        return plain(self.low[self.starts[number] : self.behinds[number]])


def _shortened(word: str) -> tuple[str, ...]:
    """A word with one or two of each letter that is drawn out; nothing if none is."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    if all(many < _DRAWN_OUT for _, many in runs):
        return ()
    return tuple(
        "".join(letter * (many if many < _DRAWN_OUT else kept) for letter, many in runs)
        for kept in (1, 2)
    )
