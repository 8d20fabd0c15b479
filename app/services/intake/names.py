"""A client's name, by plain rules: where a name is announced, asked for, or stands alone."""

import re
from dataclasses import dataclass
from itertools import islice

from app.services.intake.everyday_words import (
    FUNCTION_WORDS,
    NAME_ENDS,
    NOT_FIRST_NAMES,
    PARTICLES,
    TITLES,
    words,
)
from app.services.intake.practice_areas import MATTER_WORDS
from app.services.intake.utterance import CUT, Utterance

_ANNOUNCED = re.compile(
    r"(?:\bmy (?:full |legal |real |correct |first )?name(?:'s| is|:)"
    r"|(?:^|[\n,.;!?] ?)(?:full |the )?name(?:'s| is|:)"
    r"|\bi go by|\bi am called|\bi'm called|\bcall me"
    r"|\bme llamo|\bmi nombre es)(?: (?:actually|in fact|now))?:?\s+"
)
_SAID_TO_BE = re.compile(
    r"(?:\bi'm|\bi am|(?:^|[\n,.;!?{CUT}] ?|\b(?:hi|hello|hey)\s)(?:this is|it's|im|it is))"
    r"(?: (?:actually|in fact))?\s+".replace("{CUT}", CUT)
)
_ANNOUNCING = words("name name's call called go llamo nombre")
_SAYING = words("i'm i im this it's it")
_LEAD = re.compile(
    rf"(?:[\s,.;:!{CUT}-]|\b(?:sure|ok|okay|yes|yeah|yep|hi|hello|hey|well|of course|certainly"
    r"|it's|it is|its|i'm|i am|the name|name|is|thanks|thank you|there|so|sorry"
    r"|good (?:morning|afternoon|evening))\b)*"
)
_WORD = re.compile(
    r"[ \t]*([^\W\d_][^\s\d_.,;:!?()\[\]{}<>\"@#$%^&*+=/\\|~`…\u2013\u2014\u201c\u201d"
    rf"{CUT}]*)(\.?)"
)
_AFTER = re.compile(rf"[ \t]*(?:$|[\n,.;:!?()/{CUT}-])")
_COURTESY = re.compile(r" (?:here|speaking|calling)\b")
_DOTTED = words("dr mr mrs ms mx prof rev hon jr sr st sra")
_MODAL = words("may will can")
_MOST_WORDS = 6
_LONGEST = 100
_MOST = 10
_SHOUTED = 4
_NO_NAMES = NOT_FIRST_NAMES | MATTER_WORDS
_JOINERS = re.compile("[\u200c\u200d]")


@dataclass(frozen=True, slots=True)
class HeardName:
    """`own`: announced as the client's name ("my name is ..."), not merely said."""

    value: str
    own: bool
    start: int
    end: int


def first_name(name: str) -> str:
    """How one thanks a client: without title, "Dr. Jane Doe" is Jane; "Dr. Doe" stays."""
    words = name.split()
    if words[0].lower() in TITLES:
        return words[1] if len(words) > 2 else name
    return words[0]


def _spelled(words: list[str]) -> str | None:
    name = " ".join(word.rstrip("'-") for word in words)
    if len(name) > _LONGEST or not _JOINERS.sub("", name).isprintable():
        return None
    if name.islower() or (name.isupper() and len(name) > _SHOUTED):
        name = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), name)
        name = re.sub(r"'S\b", "'s", name)
    return name


def _read(said: Utterance, start: int, *, capitals: bool, strict: bool) -> tuple[list[str], int]:
    """The words of a name from `start` on, and where they end; none when it is not a name.

    `capitals`: it ends at the first small word. `strict`: nothing else may follow in the clause.
    """
    words: list[str] = []
    position = start
    while len(words) <= _MOST_WORDS and (match := _WORD.match(said.text, position)):
        word, dot = match[1], match[2]
        low = word.lower()
        if low in NAME_ENDS:
            asks = low == "i" and words and words[-1].lower() in _MODAL
            return ([], 0) if asks else (words, position)
        first_but_none = not words and low in _NO_NAMES and low not in TITLES
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


def _past_courtesy(said: Utterance, end: int) -> int:
    courtesy = _COURTESY.match(said.low, end)
    return courtesy.end() if courtesy else end


def _announced(said: Utterance) -> HeardName | None:
    if said.words.isdisjoint(_ANNOUNCING):
        return None
    for match in islice(_ANNOUNCED.finditer(said.low), _MOST):
        words, end = _read(said, match.end(), capitals=False, strict=False)
        value = _spelled(words)
        if value:
            return HeardName(value, True, match.start(), _past_courtesy(said, end))
    return None


def _introduced(said: Utterance, asked: str | None) -> HeardName | None:
    """ "I'm Jane": a capital tells a name from "I'm looking"; without one it takes two words."""
    if said.words.isdisjoint(_SAYING):
        return None
    for match in islice(_SAID_TO_BE.finditer(said.low), _MOST):
        capital = said.text[match.end() : match.end() + 1].isupper()
        words, end = _read(said, match.end(), capitals=capital, strict=not capital)
        if not capital and not _plausible(words, 1 if asked == "name" else 2):
            continue
        value = _spelled(words)
        if value:
            return HeardName(value, False, match.start(), _past_courtesy(said, end))
    return None


def _plausible(words: list[str], least: int) -> bool:
    lower = [word.lower() for word in words]
    return len(words) >= least and not any(
        word.endswith(("ing", "ed")) or word in _NO_NAMES for word in lower
    )


def _bare(said: Utterance, asked: str | None) -> HeardName | None:
    """The name itself, in front of everything else; two capitalised words where nobody asked."""
    lead = _LEAD.match(said.low)
    start = lead.end() if lead else 0
    words, end = _read(said, start, capitals=False, strict=True)
    if asked != "name" and (len(words) == 1 or not all(word[0].isupper() for word in words)):
        return None
    value = _spelled(words)
    return HeardName(value, False, start, _past_courtesy(said, end)) if value else None


def name_in(said: Utterance, asked: str | None) -> HeardName | None:
    """`asked`: the fact that the last question asked for."""
    heard = _announced(said) or _introduced(said, asked)
    return heard or (_bare(said, asked) if asked in ("name", None) else None)
