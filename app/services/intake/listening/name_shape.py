"""Whether words are shaped like a person's name, and how a name is written."""

import re
from collections.abc import Collection, Sequence

from app.services.intake.languages import Language
from app.services.intake.listening.letters import lower, plain

_LETTERS = re.compile(r"[^\W\d_]+")
_JOINERS = re.compile("[\u200c\u200d]")
_ENDINGS = (("s", ""), ("es", ""), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"), ("ly", ""))
_MOST_WORDS = 6
_LONGEST, _LONGEST_WORD = 100, 25
_SHOUTED = 4
_TITLED = range(2, 5)


def bare(word: str) -> str:
    return plain(lower(word)).strip(".'-\"“”")


def is_word(word: str, language: Language) -> bool:
    """Whether it is a word of the language, or a form of one."""
    if language.knows(word):
        return True
    return any(
        word.endswith(ending)
        and len(word) > len(ending) + 2
        and word[: -len(ending)] + more in language.common
        for ending, more in _ENDINGS
    )


class Shape:
    """The words of a possible name, as kinds: which are words of the language too."""

    def __init__(self, words: Sequence[str], language: Language) -> None:
        lists = language.lists
        self._lists = lists
        self.titles = lists["titles"] | lists["suffixes"]
        self.written = [word for word in words if bare(word) not in self.titles]
        self.low = [bare(word) for word in self.written]
        self.words = [
            len(low) > 1 and low not in lists["particles"] and is_word(low, language)
            for low in self.low
        ]
        self.of_matters = [low in language.matter_words for low in self.low]
        cased = [word for word in self.written if bare(word) not in lists["particles"]]
        shouted = all(word.isupper() for word in cased) and any(len(w) > 2 for w in cased)
        self.capitals = bool(cased) and not shouted and not any(w[0].islower() for w in cased)

    @property
    def possible(self) -> bool:
        """No sentence: no verbs and the like, and not too long."""
        return (
            0 < len(self.low) <= _MOST_WORDS
            and self.written[0] != "a"
            and not self._is_subject()
            and not any(low in self._lists["never_name"] for low in self.low)
            and all(len(low) <= _LONGEST_WORD for low in self.low)
            and any(len(low) > 1 or not low.isascii() for low in self.low)
        )

    def _is_subject(self) -> bool:
        """ "I go by": but "I. M. Pei", "I Made Suarta"."""
        return self.written[0] in ("i", "I") and (self.written[1:2] or ["i"])[0].islower()

    def _too(self, at: int) -> bool:
        """Whether a word of the language is a name as well."""
        low = self.low[at]
        both = self._lists["given_too"] | self._lists["family_too"]
        return low in both or low.removesuffix("s") in both

    @property
    def likely(self) -> bool:
        """A name with no evidence except its shape."""
        if not self.possible:
            return False
        if self.low[0] in self._lists["never_alone"]:
            return self._after_function_word()
        if all(self.words):
            return self._of_words_alone()
        foreign = self.words.count(False) > 1
        return all(
            not word or self._too(at) or (self.capitals and (foreign or not self.of_matters[at]))
            for at, word in enumerate(self.words)
        )

    def _after_function_word(self) -> bool:
        """ "An Pham", "My Le", "So Young Kim": behind the first word, names alone."""
        rest = range(1, len(self.low))
        return any(not self.words[at] for at in rest) and all(
            not self.words[at] or self._too(at) for at in rest
        )

    def _of_words_alone(self) -> bool:
        """ "Hope Price", "Will Law": a given name followed by a family name."""
        given = self._lists["given_too"]
        if self.low[0] not in given and not (self.capitals and given & set(self.low)):
            return False
        if len(self.low) == 1:
            return True
        modal = self.low[0] in ("will", "may") and self.low[1] in self._lists["will_do"]
        return not modal and all(map(self._too, range(1, len(self.low))))

    @property
    def titled(self) -> bool:
        """Capitalised words of the language, not about a matter: "Young Min Song"."""
        if not (self.possible and self.capitals and len(self.low) in _TITLED):
            return False
        fillers = self._lists["filler"] | self._lists["courtesy"]
        told = any(matter and not self._too(at) for at, matter in enumerate(self.of_matters))
        return not told and fillers.isdisjoint(self.low)

    @property
    def surely(self) -> bool:
        """A full name, capitalised, with a word in it that is no other word."""
        return self.likely and self.capitals and len(self.low) > 1 and not all(self.words)

    @property
    def unlike_words(self) -> bool:
        """A full name without capitals, with no word of the language: "priya patel"."""
        foreign = self.likely and len(self.low) > 1 and not any(self.words)
        given = [low for low in self.low if low not in self._lists["particles"]]
        return foreign and len(set(given)) > 1 and all(len(low) > 1 for low in given)

    @property
    def given_first(self) -> bool:
        """A given name that is a word too, and words of no language: "june bui"."""
        rest = self.words[1:]
        given = self.possible and self.low[0] in self._lists["given_too"]
        return given and bool(rest) and not any(rest)


def spelled(name: str) -> str | None:
    """The name to store: as given, capitalised if it had no capitals or nothing else."""
    name = " ".join(name.split()).rstrip("'-\"")
    if not name or len(name) > _LONGEST or not _JOINERS.sub("", name).isprintable():
        return None
    if name.islower() or (name.isupper() and len(name) > _SHOUTED and not _is_initials(name)):
        name = _LETTERS.sub(lambda part: part[0].capitalize(), name)
        name = re.sub(r"'S\b", "'s", name)
    return name


def capitalised(name: str, particles: Collection[str]) -> str:
    """A name whose first word alone has no capital: "tasha Willoughby"."""
    first, _, rest = name.partition(" ")
    small = first.islower() and first not in particles and rest[:1].isupper()
    return f"{first.capitalize()} {rest}" if small else name


def _is_initials(name: str) -> bool:
    return all(len(part) <= 1 for part in re.split(r"[. ]", name))
