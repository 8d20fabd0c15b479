"""A client's name, by plain rules: where a name is announced, asked for, or stands alone."""

import re
from dataclasses import dataclass

from app.services.intake.everyday_words import (
    FUNCTION_WORDS,
    NAME_ENDS,
    NOT_FIRST_NAMES,
    PARTICLES,
    SUFFIXES,
    TITLES,
)
from app.services.intake.practice_areas import MATTER_WORDS
from app.services.intake.utterance import CUT, Utterance

_ANNOUNCED = re.compile(
    r"(?:\bmy (?:full |legal |real |correct |first )?name(?:'s| is|:)|(?:^|[\n,.;!?] ?)(?:full |the )?name(?:'s| is|:)"
    r"|\bi go by|\bi am called|\bi'm called|\bcall me)(?: (?:actually|in fact|now))?:?\s+"
)
_SAID_TO_BE = re.compile(
    r"(?:\bi'm|\bi am|(?:^|[\n,.;!?{CUT}]\s*|\b(?:hi|hello|hey)\s)(?:this is|it's|im|it is))"
    r"(?: (?:actually|in fact))?\s+".replace("{CUT}", CUT)
)
_LEAD = re.compile(
    rf"(?:[\s,.;:!{CUT}-]|\b(?:sure|ok|okay|yes|yeah|yep|hi|hello|hey|well|of course|certainly|it's|it is|its"
    r"|i'm|i am|the name|name|is|thanks|thank you|good (?:morning|afternoon|evening)|there|so|sorry)\b)*"
)
_WORD = re.compile(rf"[ \t]*([^\W\d_][^\s\d_.,;:!?()\[\]{{}}<>\"@#$%^&*+=/\\|~`…—–“”{CUT}]*)(\.?)")
_AFTER = re.compile(rf"[ \t]*(?:$|[\n,.;:!?()/{CUT}-])")
_DOTTED = frozenset("dr mr mrs ms mx prof rev hon jr sr st sra".split())
_MODAL = frozenset("may will can".split())
_MOST_WORDS = 6
_LONGEST = 100
_SHOUTED = 4
_JOINERS = re.compile("[\u200c\u200d]")


@dataclass(frozen=True, slots=True)
class HeardName:
    """`own`: announced as the client's name, not merely said."""

    value: str
    own: bool
    start: int
    end: int


def first_name(name: str) -> str:
    """How one thanks a client: without title, "Dr. Jane Doe" is Jane; "Dr. Doe" stays."""
    words = name.split()
    if words[0].lower() in TITLES:
        return words[1] if len(words) > 2 else name  # noqa: PLR2004
    return words[0]


def _spelled(words: list[str]) -> str | None:
    name = " ".join(word.rstrip("'-") for word in words)
    if len(name) > _LONGEST or not _JOINERS.sub("", name).isprintable():
        return None
    if name.islower() or (name.isupper() and len(name) > _SHOUTED):
        name = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), name)
        name = re.sub(r"'S\b", "'s", name)
    return name


def _words(said: Utterance, start: int, *, capitals: bool, strict: bool) -> tuple[list[str], int]:
    """The words of a name from `start` on, and where they end; none when it is not a name.

    `capitals`: it ends at the first small word. `strict`: nothing else may follow in the clause.
    """
    words: list[str] = []
    position = start
    while len(words) <= _MOST_WORDS and (match := _WORD.match(said.text, position)):
        word, dot = match[1], match[2]
        low = word.lower()
        if low in NAME_ENDS:
            return ([], 0) if low == "i" and [w.lower() for w in words][-1:] in _MODAL else (words, position)
        first_but_none = not words and low in NOT_FIRST_NAMES | MATTER_WORDS and low not in TITLES
        if low.endswith("'s") or first_but_none:
            return [], 0
        small = word[0].islower() and low not in PARTICLES
        if (capitals and small) or (low in FUNCTION_WORDS and low not in PARTICLES):
            return ([], 0) if strict else (words, position)
        words.append(word)
        position = match.end() - len(dot)
        if dot and (low in _DOTTED or len(word) == 1):
            words[-1], position = word + dot, match.end()
        elif dot:
            break
    return (words, position) if not strict or _AFTER.match(said.text, position) else ([], 0)
