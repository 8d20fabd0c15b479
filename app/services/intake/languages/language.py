"""A language for the readers, and detection of the client's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from app.services.intake.languages.loading import common_words, folder, sentences
from app.services.intake.languages.phrasebook import Phrasebook
from app.services.intake.languages.spelling import Spelling

_LONG = 4
_CLEAR = 2
"""Words of another language, more than of the present one, that change the language."""


_TOGETHER: Final = ("together.", "across.")


class Together(NamedTuple):
    """A kind of danger: all of the signs in one sentence, and none of the excluding ones. `across`:
    the signs may also stand in two successive sentences."""

    kind: str
    signs: frozenset[str]
    without: frozenset[str]
    across: bool

    @classmethod
    def read(cls, label: str, line: str) -> Self:
        """A line `person hurts -traffic` below [together.kind] or [across.kind]."""
        sort, _, kind = label.partition(".")
        out = {word[1:] for word in line.split() if word.startswith("-")}
        signs = frozenset(word for word in line.split() if word[0] != "-")
        return cls(kind, signs, frozenset(out), sort == "across")

    def tells(self, signs: frozenset[str]) -> bool:
        return self.signs <= signs and self.without.isdisjoint(signs)


@dataclass(frozen=True, slots=True)
class Language:
    """`lists` and `common` are sets of words, `matter_words` are those of phrases about a matter,
    `short_forms` the expansions of forms like "don't", `numbers` the digits of number words,
    `together` the meaning of several signs in one sentence."""

    code: str
    book: Phrasebook
    lists: Mapping[str, frozenset[str]]
    common: frozenset[str]
    matter_words: frozenset[str]
    short_forms: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, str]
    spelling: Spelling
    together: Sequence[Together]
    sentences: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, code: str) -> Self:
        written = folder(code)
        forms = (line.partition("=") for line in written.phrases.pop("contractions"))
        short = {form.strip(): tuple(full.split()) for form, _, full in forms}
        spelled = (line.partition("=") for line in written.phrases.pop("numbers"))
        numbers = {word: digits.strip() for words, _, digits in spelled for word in words.split()}
        together = [
            Together.read(label, line)
            for label in [one for one in written.phrases if one.startswith(_TOGETHER)]
            for line in written.phrases.pop(label)
        ]
        book = Phrasebook(written.phrases, written.lists)
        common = common_words(code)
        matters = {
            label: phrases
            for label, phrases in written.phrases.items()
            if label.startswith("matter.")
        }
        of_matters = Phrasebook(matters, written.lists).words
        lists = written.lists
        right = (common, book.words, frozenset(short), lists["given_too"], lists["spelled_right"])
        spelling = Spelling(lists["often_misspelled"], right)
        return cls(
            code,
            book,
            written.lists,
            common,
            of_matters,
            short,
            numbers,
            spelling,
            together,
            sentences(code),
        )

    def knows(self, word: str) -> bool:
        return word in self.common or word in self.book.words or word in self.short_forms

    def telling(self, words: frozenset[str]) -> int:
        """Count the words that show that a text is in this language."""
        return len(self.lists["telling"] & words)


LANGUAGES: Final[Mapping[str, Language]] = {code: Language.load(code) for code in ("en", "es")}
DEFAULT: Final = LANGUAGES["en"]


def _common_here_alone(words: frozenset[str], language: Language) -> int:
    """How many of the words are common in a language and unknown in the others."""
    others = [one for one in LANGUAGES.values() if one is not language]
    return sum(
        len(word) >= _LONG and not any(one.knows(word) for one in others)
        for word in language.common & words
    )


def spoken(words: frozenset[str], present: Language, *, first: bool) -> Language:
    """Detect the language of a message. A few words of another language do not change that of a
    conversation; in its first message one word does. Without function words, common words
    decide."""
    best, most = present, present.telling(words)
    needed = most + 1 if first else max(most + 1, _CLEAR)
    for language in LANGUAGES.values():
        count = language.telling(words)
        if count >= needed:
            best, needed = language, count + 1
    if best is present and most == 0 and first:
        return max(
            LANGUAGES.values(),
            key=lambda one: (_common_here_alone(words, one), one is present),
        )
    return best
