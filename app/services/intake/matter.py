"""What a client needs help with: which of the team's services it is, and in whose words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.services.intake.everyday_words import FILLER
from app.services.intake.practice_areas import AREAS, GENERAL, OPENERS
from app.services.intake.utterance import WORD, Utterance

_ONLY = re.compile(r"^(?:a |my |the )?will[\s.!]*$")
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening)|there|thanks|thank you"
    r"|yes|ok|okay|sure|well|and|so|also)\b[\s,.!;:]*)+",
    re.IGNORECASE,
)
_DANGLERS = ("and", "in", "at", "from", "near", "is", "my", "or", "but", "on")
_DANGLING = re.compile(rf"(?:[\s,]{{1,3}}(?:{'|'.join(_DANGLERS)})){{1,4}}$", re.IGNORECASE)
_ENOUGH_WORDS = 2
_ENOUGH_LETTERS = 4
DESCRIPTION_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Matter:
    """`service`: as the team names it, else the area of practice. `taken`: the team does such."""

    service: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A team's services, and which of them takes which area of practice."""

    services: tuple[str, ...]
    by_name: tuple[tuple[str, str], ...]
    by_area: dict[str, str]
    signs: frozenset[str]
    """Words of which a message holds at least one when it names a matter."""

    @property
    def general(self) -> str | None:
        """What takes the rest. A team that lists no services takes everything."""
        return self.by_area.get(GENERAL) if self.services else GENERAL


def _areas(words: list[str]) -> dict[str, int]:
    """The areas that the words speak of, in order, with how often; the longest phrase counts."""
    found: dict[str, int] = {}
    position = 0
    while position < len(words):
        longest = OPENERS.get(words[position], 0)
        for length in range(longest, 0, -1):
            area = AREAS.get(" ".join(words[position : position + length]))
            if area:
                found[area] = found.get(area, 0) + 1
                position += length - 1
                break
        position += 1
    return found


@lru_cache(maxsize=256)
def offer_of(services: tuple[str, ...]) -> Offer:
    by_name = []
    by_area: dict[str, str] = {}
    for service in services:
        name = " ".join(service.lower().split())
        by_name.append((name, service))
        by_name.append((name.removesuffix(" law").removesuffix(" services"), service))
        for area in _areas(WORD.findall(name)) or {}:
            by_area.setdefault(area, service)
    names = sorted(
        (pair for pair in by_name if pair[0] not in FILLER), key=lambda pair: -len(pair[0])
    )
    signs = {word for name, _ in names for word in WORD.findall(name)} | {"will", *OPENERS}
    return Offer(services, tuple(names), by_area, frozenset(signs))


def _named(low: str, offer: Offer) -> str | None:
    for name, service in offer.by_name:
        at = low.find(name)
        if at >= 0 and not low[at - 1 : at].isalnum() and not low[at + len(name) :][:1].isalnum():
            return service
    return None


def says_something(text: str) -> bool:
    """Whether anything is told beyond courtesies and "I need help"."""
    words = [word for word in WORD.findall(text.lower()) if word not in FILLER]
    told = [word for word in words if len(word) > 1 and not word.isdecimal()]
    foreign = any(not word.isascii() and len(word) >= _ENOUGH_LETTERS for word in told)
    return foreign or len(told) >= _ENOUGH_WORDS


def recognise(said: Utterance, offer: Offer) -> Matter | None:
    """The matter by a service's name or by the words for an area of practice."""
    if said.words.isdisjoint(offer.signs):
        return None
    service = _named(said.low, offer)
    if service:
        return Matter(service, taken=True)
    areas = _areas(WORD.findall(said.low))
    if not areas and _ONLY.match(said.low):
        areas = {AREAS["wills"]: 1}
    if not areas:
        return None
    ranked = sorted(areas, key=lambda area: -areas[area])
    for area in ranked:
        if area in offer.by_area:
            return Matter(offer.by_area[area], taken=True)
    if not offer.services:
        return Matter(ranked[0], taken=True)
    return Matter(offer.general, taken=True) if offer.general else Matter(ranked[0], taken=False)


def _without_greeting(piece: str) -> str:
    greeting = _GREETING.match(piece)
    return piece[greeting.end() :] if greeting else piece


def _without_dangling(piece: str) -> str:
    """The expression tries at each blank of a text, so its end is looked at first."""
    return _DANGLING.sub("", piece) if piece[-4:].lower().endswith(_DANGLERS) else piece


def describe(said: Utterance) -> str:
    """The client's own words, without the facts that were taken out and mere courtesies."""
    kept = ""
    for piece in said.pieces():
        told = _without_dangling(piece if kept else _without_greeting(piece))
        if all(word in FILLER for word in WORD.findall(told.lower())):
            continue
        joint = ". " if told[0].isupper() and kept[-1:] not in "?!" else " "
        kept = f"{kept}{joint}{told}" if kept else told
    return kept[:DESCRIPTION_LENGTH].rstrip()
