"""What a text is weighed by: its words without endings, and which of them are neighbours."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.utterance import Utterance

_STEM, _SHORTEST = 6, 4
_ENDINGS = ("ing", "ed", "es", "s", "d")
NUMBER = "0"
_CLASSES = ("language", "kin", "strangers", "partner", "month")
_LENGTHS = (2, 4, 8, 15)
_TAKEN = "_"


def stem(word: str, letters: int = _STEM, endings: Sequence[str] = _ENDINGS) -> str:
    """The beginning of a word without its ending: "charging" and "charges" are "charg"."""
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)[:letters]
    return word[:letters]


@cache
def _classes(code: str, names: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for word in LANGUAGES[code].lists[name]:
            found.setdefault(word, f"@{name}")
    return found


def classed(words: Sequence[str], code: str, names: tuple[str, ...]) -> list[str]:
    """The stems of words; the words of a list, and all numbers, are one word."""
    known = _classes(code, names)
    return [NUMBER if word.isdigit() else known.get(word) or stem(word) for word in words]


def pairs(stems: Sequence[str]) -> set[str]:
    return {f"{one} {other}" for one, other in pairwise(stems)}


def told_in(said: Utterance, first: int, behind: int) -> set[str]:
    """The features of some words of a message, without its phrases: words, pairs of neighbours, the
    beginning and the end, and how long it is. Values that were taken, as names, are no words."""
    words = [
        _TAKEN if said.is_taken(said.starts[at]) else said.words[at] for at in range(first, behind)
    ]
    stems = classed(words, said.language.code, _CLASSES)
    ends = (f"^ {stems[0]}", f"^ {' '.join(stems[:2])}", f"{stems[-1]} $") if stems else ()
    length = sum(len(stems) > most for most in _LENGTHS)
    return {*map(stem, words), *stems, *pairs(stems), *ends, f"~{length}"}
