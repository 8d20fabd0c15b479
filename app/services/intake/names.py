"""A client's name, by plain rules: where a name is announced, asked for, or stands alone."""

import re
from dataclasses import dataclass
from itertools import islice

from app.services.intake.everyday_words import word_set
from app.services.intake.name_words import NO_NAMES, read_name, spelled
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
_ANNOUNCING = word_set("name name's call called go llamo nombre")
_SAYING = word_set("i'm i im this it's it")
_LEAD = re.compile(
    rf"(?:[\s,.;:!{CUT}-]|\b(?:sure|ok|okay|yes|yeah|yep|hi|hello|hey|well|of course|certainly"
    r"|it's|it is|its|i'm|i am|the name|name|is|thanks|thank you|there|so|sorry"
    r"|good (?:morning|afternoon|evening))\b)*"
)
_COURTESY = re.compile(r" (?:here|speaking|calling)\b")
_MOST = 10


@dataclass(frozen=True, slots=True)
class HeardName:
    """`own`: announced as the client's name ("my name is ..."), not merely said."""

    value: str
    own: bool
    start: int
    end: int


def _past_courtesy(said: Utterance, end: int) -> int:
    courtesy = _COURTESY.match(said.low, end)
    return courtesy.end() if courtesy else end


def _announced(said: Utterance) -> HeardName | None:
    if said.words.isdisjoint(_ANNOUNCING):
        return None
    for match in islice(_ANNOUNCED.finditer(said.low), _MOST):
        words, end = read_name(said, match.end(), capitals=False, strict=False)
        value = spelled(words)
        if value:
            return HeardName(value, True, match.start(), _past_courtesy(said, end))
    return None


def _introduced(said: Utterance, asked: str | None) -> HeardName | None:
    """ "I'm Jane": a capital tells a name from "I'm looking"; without one it takes two words."""
    if said.words.isdisjoint(_SAYING):
        return None
    for match in islice(_SAID_TO_BE.finditer(said.low), _MOST):
        capital = said.text[match.end() : match.end() + 1].isupper()
        words, end = read_name(said, match.end(), capitals=capital, strict=not capital)
        if not capital and not _plausible(words, 1 if asked == "name" else 2):
            continue
        value = spelled(words)
        if value:
            return HeardName(value, False, match.start(), _past_courtesy(said, end))
    return None


def _plausible(words: list[str], least: int) -> bool:
    lower = [word.lower() for word in words]
    return len(words) >= least and not any(
        word.endswith(("ing", "ed")) or word in NO_NAMES for word in lower
    )


def _bare(said: Utterance, asked: str | None) -> HeardName | None:
    """The name itself, in front of everything else; two capitalised words where nobody asked."""
    lead = _LEAD.match(said.low)
    start = lead.end() if lead else 0
    words, end = read_name(said, start, capitals=False, strict=True)
    if asked != "name" and (len(words) == 1 or not all(word[0].isupper() for word in words)):
        return None
    value = spelled(words)
    return HeardName(value, False, start, _past_courtesy(said, end)) if value else None


def name_in(said: Utterance, asked: str | None) -> HeardName | None:
    """`asked`: the fact that the last question asked for."""
    heard = _announced(said) or _introduced(said, asked)
    return heard or (_bare(said, asked) if asked in ("name", None) else None)
