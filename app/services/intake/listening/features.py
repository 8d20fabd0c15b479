"""What a text is weighed by: its words without endings, and which of them are neighbours."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from app.services.intake.languages import LANGUAGES

_STEM, _SHORTEST = 6, 4
_ENDINGS = ("ing", "ed", "es", "s", "d")
NUMBER = "0"


def stem(word: str) -> str:
    """The beginning of a word without its ending: "charging" and "charges" are "charg"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)[:_STEM]
    return word[:_STEM]


@cache
def _classes(code: str, names: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for word in LANGUAGES[code].lists.get(name, ()):
            found.setdefault(word, f"@{name}")
    return found


def classed(words: Sequence[str], code: str, names: tuple[str, ...]) -> list[str]:
    """The stems of words; the words of a list, and all numbers, are one word."""
    known = _classes(code, names)
    return [NUMBER if word.isdigit() else known.get(word) or stem(word) for word in words]


def pairs(stems: Sequence[str]) -> set[str]:
    return {f"{one} {other}" for one, other in pairwise(stems)}
