"""The words that a name is made of: where it ends, what is none, and how it is written."""

import re
from typing import Literal

from app.services.intake.everyday_words import (
    FUNCTION_WORDS,
    NAME_ENDS,
    NOT_FIRST_NAMES,
    PARTICLES,
    TITLES,
    word_set,
)
from app.services.intake.practice_areas import MATTER_WORDS
from app.services.intake.utterance import CUT, Utterance

NO_NAMES = NOT_FIRST_NAMES | MATTER_WORDS
_WORD = re.compile(
    r"[ \t]*([^\W\d_][^\s\d_.,;:!?()\[\]{}<>\"@#$%^&*+=/\\|~`…\u2013\u2014\u201c\u201d"
    rf"{CUT}]*)(\.?)"
)
_AFTER = re.compile(rf"[ \t]*(?:$|[\n,.;:!?()/{CUT}-])")
_DOTTED = word_set("dr mr mrs ms mx prof rev hon jr sr st sra")
_MODAL = word_set("may will can")
_MOST_WORDS = 6
_LONGEST = 100
_SHOUTED = 4
_JOINERS = re.compile("[\u200c\u200d]")


def first_name(name: str) -> str:
    """How one thanks a client: without title, "Dr. Jane Doe" is Jane; "Dr. Doe" stays."""
    words = name.split()
    if words[0].lower() in TITLES:
        return words[1] if len(words) > 2 else name
    return words[0]


def _part(word: str, words: list[str], capitals: bool) -> Literal["part", "over", "cut", "none"]:
    """What a word is behind those of a name: `over`: the name ends; `cut`: it ends in a clause that
    goes on; `none`: all of it is no name."""
    low = word.lower()
    if low in NAME_ENDS:
        asks = low == "i" and words and words[-1].lower() in _MODAL
        return "none" if asks else "over"
    if low.endswith("'s") or (not words and low in NO_NAMES and low not in TITLES):
        return "none"
    if low in PARTICLES:
        return "part"
    return "cut" if low in FUNCTION_WORDS or (capitals and word[0].islower()) else "part"


def read_name(
    said: Utterance, start: int, *, capitals: bool, strict: bool
) -> tuple[list[str], int]:
    """The words of a name from `start` on, and where they end; none when it is not a name.

    `capitals`: it ends at the first small word. `strict`: nothing else may follow in the clause.
    """
    words: list[str] = []
    position = start
    while len(words) <= _MOST_WORDS and (match := _WORD.match(said.text, position)):
        word, dot = match[1], match[2]
        what = _part(word, words, capitals)
        if what == "none" or (what == "cut" and strict):
            return [], 0
        if what != "part":
            return words, position
        dotted = dot if word.lower() in _DOTTED or len(word) == 1 else ""
        words.append(word + dotted)
        position = match.end() - len(dot) + len(dotted)
        if dot and not dotted:
            break
    return (words, position) if not strict or _AFTER.match(said.text, position) else ([], 0)


def spelled(words: list[str]) -> str | None:
    name = " ".join(word.rstrip("'-") for word in words)
    if len(name) > _LONGEST or not _JOINERS.sub("", name).isprintable():
        return None
    if name.islower() or (name.isupper() and len(name) > _SHOUTED):
        name = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), name)
        name = re.sub(r"'S\b", "'s", name)
    return name
