"""Whether words are shaped like a person's name."""

from collections.abc import Sequence

from app.services.intake.languages import Language
from app.services.intake.listening.letters import lower, plain

_ENDINGS = (("s", ""), ("es", ""), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"), ("ly", ""))
_MOST_WORDS = 6
_LONGEST_WORD = 25
_LONG = 8
_TITLED = range(2, 5)


def bare(word: str) -> str:
    return plain(lower(word)).strip(".'-\"“”")


def is_word(word: str, language: Language) -> bool:
    """Whether it is a word of the language, or a form of one."""
    if language.knows(word):
        return True
    if "-" in word:
        return all(part in language.numbers for part in word.split("-"))  # "sixty-one"
    return any(
        word.endswith(ending)
        and len(word) > len(ending) + 2
        and word[: -len(ending)] + more in language.common
        for ending, more in _ENDINGS
    )


def is_rarer(word: str, language: Language) -> bool:
    """Whether it is a word of the language that nobody expects here: "stepped", "fixin"."""
    if word in language.lists["given_too"] or word in language.lists["ends_in"]:
        return False
    longer = f"{word}g" if word.endswith("in") else ""
    return longer in language.common or any(map(language.has_rarer, (word, longer)))


class Shape:
    """The words of a possible name, as kinds: which are words of the language too."""

    def __init__(self, words: Sequence[str], language: Language) -> None:
        lists = language.lists
        self._lists = lists
        titles = lists["titles"] | lists["suffixes"]
        named = [(word, low) for word in words if (low := bare(word)) not in titles]
        self.written = [word for word, _ in named]
        self.low = [low for _, low in named]
        self.words = [
            len(low) > 1 and low not in lists["particles"] and is_word(low, language)
            for low in self.low
        ]
        self._rarer = [word.islower() and is_rarer(low, language) for word, low in named]
        self.of_matters = [low in language.matter_words for low in self.low]
        cased = [word for word, low in named if low not in lists["particles"]]
        shouted = all(word.isupper() for word in cased) and any(len(w) > 2 for w in cased)
        self.capitals = bool(cased) and not shouted and not any(w[0].islower() for w in cased)

    @property
    def rarer(self) -> bool:
        """Without capitals, with a word that is rarely used, and hardly ever as a name."""
        return any(self._rarer)

    @property
    def mostly_names(self) -> bool:
        """ "jose luis canales": two words or more of no language."""
        kinds = zip(self.words, self._rarer, strict=True)
        return sum(not (known or rare) for known, rare in kinds) > 1

    @property
    def of_rarer_words(self) -> bool:
        """Without capitals, and nothing but such words: "multa de trafico", "bilingual"."""
        words = zip(self.words, self._rarer, self.low, strict=True)
        every = all(known or rare or low in self._lists["particles"] for known, rare, low in words)
        long = len(self.low) > 1 or len(self.low[0]) >= _LONG
        return every and long and any(self._rarer)

    @property
    def possible(self) -> bool:
        """No sentence: no verbs and the like, and not too long."""
        return (
            0 < len(self.low) <= _MOST_WORDS
            and self.written[0] != "a"
            and not self._is_of_particles()
            and not self._is_subject()
            and not any(low in self._lists["never_name"] for low in self.low)
            and all(len(low) <= _LONGEST_WORD for low in self.low)
            and any(len(low) > 1 or not low.isascii() for low in self.low)
        )

    def _is_of_particles(self) -> bool:
        """ "Los dos"; alone, "Van" and "Al" are names, and so is "Al Le"."""
        several = len(self.low) > 1 and not all(word[0].isupper() for word in self.written)
        return several and self._lists["particles"].issuperset(self.low)

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
        if not self.possible or self.of_rarer_words:
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
        return len(self.low) == 1 or self._is_family_behind()

    def _is_family_behind(self) -> bool:
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
    def begins_given(self) -> bool:
        """Capitals, and a given name first: "Bill Fine", where the client says that it is a
        name."""
        given = self.possible and self.low[0] in self._lists["given_too"]
        return given and self.capitals and len(self.low) in _TITLED

    @property
    def surely(self) -> bool:
        """A full name, capitalised, with a word in it that is no other word."""
        return self.likely and self.capitals and len(self.low) > 1 and not all(self.words)

    @property
    def of_two_kinds(self) -> bool:
        """A given name, perhaps a word too, and a family name that is one: "mark brown"."""
        given = self.low[:1] and (self.low[0] in self._lists["given_too"] or not self.words[0])
        full = self.possible and len(self.low) > 1 and not self.rarer
        return bool(given) and full and all(self.words[1:]) and self._is_family_behind()

    @property
    def given_not_word(self) -> bool:
        """Whether the given name is rarely meant as the word: "james", but not "will", "guy"."""
        return self.low[0] not in self._lists["rather_words"]

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
