"""A language for the readers, and detection of the client's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from app.services.intake.languages.loading import common_words, dictionary, folder, sentences
from app.services.intake.languages.phrasebook import Phrasebook
from app.services.intake.languages.spelling import Spelling

_LONG = 4
_TOGETHER_TELLING = 3
_SENTENCE = 4
"""Words from which a message is rather a sentence than a name."""
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


_Phrases = dict[str, list[str]]
"""The lines of a folder below their labels; the readers below take out those that are no
phrases."""


def _short_forms(phrases: _Phrases) -> dict[str, tuple[str, ...]]:
    """Lines `don't = do not`."""
    lines = (line.partition("=") for line in phrases.pop("contractions"))
    return {form.strip(): tuple(full.split()) for form, _, full in lines}


def _numbers(phrases: _Phrases) -> dict[str, str]:
    """Lines `zero oh = 0`."""
    lines = (line.partition("=") for line in phrases.pop("numbers"))
    return {word: digits.strip() for words, _, digits in lines for word in words.split()}


def _combinations(phrases: _Phrases) -> list[Together]:
    """Lines of signs below [together.kind] and [across.kind]."""
    labels = [one for one in phrases if one.startswith(_TOGETHER)]
    return [Together.read(label, line) for label in labels for line in phrases.pop(label)]


@dataclass(frozen=True, slots=True)
class Language:
    """`lists` and `common` are sets of words, `rarer` are more words by their first two
    letters, `matter_words` are those of phrases about a matter,
    `short_forms` the expansions of forms like "don't", `numbers` the digits of number words,
    `together` the meaning of several signs in one sentence."""

    code: str
    book: Phrasebook
    lists: Mapping[str, frozenset[str]]
    common: frozenset[str]
    rarer: Mapping[str, str]
    matter_words: frozenset[str]
    short_forms: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, str]
    spelling: Spelling
    together: Sequence[Together]
    sentences: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, code: str) -> Self:
        written = folder(code)
        phrases, lists = written.phrases, written.lists
        short, numbers = _short_forms(phrases), _numbers(phrases)
        together = _combinations(phrases)
        book = Phrasebook(phrases, lists)
        matters = {label: lines for label, lines in phrases.items() if label.startswith("matter.")}
        common = common_words(code)
        right = (common, book.words, frozenset(short), lists["given_too"], lists["spelled_right"])
        return cls(
            code,
            book,
            lists,
            common,
            dictionary(code),
            Phrasebook(matters, lists).words,
            short,
            numbers,
            Spelling(lists["often_misspelled"], right),
            together,
            sentences(code),
        )

    def knows(self, word: str) -> bool:
        return word in self.common or word in self.book.words or word in self.short_forms

    def has_rarer(self, word: str) -> bool:
        """Whether it is a word that is neither common nor in a phrase."""
        return f" {word} " in self.rarer.get(word[:2], "")

    def telling(self, words: frozenset[str]) -> int:
        """Count the words that show that a text is in this language; of those that are also in
        names ("Los Angeles", "de la Cruz"), three are one."""
        small = len(self.lists["telling_together"] & words)
        return len(self.lists["telling"] & words) + small // _TOGETHER_TELLING


LANGUAGES: Final[Mapping[str, Language]] = {code: Language.load(code) for code in ("en", "es")}
DEFAULT: Final = LANGUAGES["en"]


def _common_here_alone(words: frozenset[str], language: Language) -> int:
    """How many of the words are common in a language and unknown in the others."""
    others = [one for one in LANGUAGES.values() if one is not language]
    return sum(
        len(word) >= _LONG and not any(one.knows(word) for one in others)
        for word in language.common & words
    )


def _begun(words: frozenset[str], present: Language) -> Language:
    """The language that a client of the default one changes to in few words: "cuando me van a
    llamar". The other way round they are names: of services, of companies."""
    few = sum(map(str.isalpha, words)) < _SENTENCE
    if present is not DEFAULT or few or _common_here_alone(words, present):
        return present
    telling = [one for one in LANGUAGES.values() if one.telling(words)]
    return next((one for one in telling if _is_in(words, one)), present)


def _is_in(words: frozenset[str], language: Language) -> bool:
    """Whether all words but one are of a language, and some only of this one: Portuguese has many
    of Spanish."""
    foreign = sum(word.isalpha() and not language.knows(word) for word in words)
    return foreign <= 1 and _common_here_alone(words, language) > 0


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
    if best is not present or most:
        return best
    if not first:
        return _begun(words, present)
    return max(
        LANGUAGES.values(),
        key=lambda one: (_common_here_alone(words, one), one is present),
    )
