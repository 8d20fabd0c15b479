"""The client's need for help: which of the team's services covers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.services.intake.languages import LANGUAGES, Found
from app.services.intake.listening.utterance import Utterance

GENERAL = "General Consultation"
_WORD = 2
"""Weights of phrases: 3 an act or event that decides, 2 a word of the area, 1 a hint."""
_FEW_WORDS = 3
_ENOUGH_WORDS = 2
_ENOUGH_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """`service`: the team's name for it, else the area of practice. `taken`: the team covers it.
    `sure`: based on more than a hint, like the mention of a husband."""

    service: str
    taken: bool
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A team's services, and which of them covers which area of practice."""

    services: tuple[str, ...]
    by_name: tuple[tuple[str, str], ...]
    by_short_name: Mapping[str, str]
    by_area: Mapping[str, str]

    @property
    def general(self) -> str | None:
        """The service for everything else. A team that lists no services covers everything."""
        return self.by_area.get(GENERAL) if self.services else GENERAL


class _Evidence(NamedTuple):
    """For an area: the heaviest phrase, the sum of all, and the place of the first (negative)."""

    heaviest: int
    total: int
    place: int


def is_denied(said: Utterance, first: int) -> bool:
    """ "It's about a will, not a divorce": in corrections, because "not paid" is a matter."""
    denying = said.language.lists["denying"]
    return not denying.isdisjoint(said.words[max(0, first - 2) : first])


def _areas(said: Utterance, first: int = 0, behind: int | None = None) -> dict[str, _Evidence]:
    """The areas of practice that words of a message speak of."""
    heaviest: dict[tuple[str, int], int] = {}
    for one in said.found.get("matter", ()):
        inside = one.first >= first and (behind is None or one.behind <= behind)
        if inside and not (behind is not None and is_denied(said, one.first)):
            _, weight, area = one.label.split(".", 2)
            key = (area, one.first)
            heaviest[key] = max(int(weight), heaviest.get(key, 0))
    found: dict[str, _Evidence] = {}
    for (area, place), most in heaviest.items():
        known = found.get(area, _Evidence(0, 0, -place))
        found[area] = _Evidence(
            max(known.heaviest, most), known.total + most, max(known.place, -place)
        )
    return found


@lru_cache(maxsize=256)
def offer_of(services: tuple[str, ...]) -> Offer:
    full: list[tuple[str, str]] = []
    by_area: dict[str, str] = {}
    short: dict[str, str] = {}
    for service in services:
        name = " ".join(service.lower().split())
        full.append((name, service))
        short[name.removesuffix(" law").removesuffix(" services")] = service
        for language in LANGUAGES.values():
            for area, evidence in _areas(Utterance(service, language, first=False)).items():
                if evidence.heaviest >= _WORD:
                    by_area.setdefault(area, service)
    filler = LANGUAGES["en"].lists["filler"]
    named = {name: service for name, service in short.items() if name not in filler}
    full.sort(key=lambda pair: -len(pair[0]))
    return Offer(services, tuple(full), named, by_area)


def _named(said: Utterance, offer: Offer) -> str | None:
    """The service that is called by its name; a short form counts in a few words alone."""
    for name, service in offer.by_name:
        at = said.low.find(name)
        behind = at + len(name)
        around = said.low[max(0, at - 1) : at] + said.low[behind : behind + 1]
        if at >= 0 and not any(map(str.isalnum, around)):
            return service
    if len(said.words) <= 2 * _FEW_WORDS:
        told = " ".join(word for word in said.words if word not in said.language.lists["filler"])
        return offer.by_short_name.get(told)
    return None


def recognise(
    said: Utterance, offer: Offer, first: int = 0, behind: int | None = None
) -> Matter | None:
    """The matter by a service's name or by the words for an area of practice; only from the words
    `first` to `behind` if given."""
    service = _named(said, offer) if behind is None else None
    if service:
        return Matter(service, taken=True)
    areas = _areas(said, first, behind)
    if not areas:
        return None
    ranked = sorted(areas, key=areas.__getitem__, reverse=True)
    best = areas[ranked[0]].heaviest
    sure = best >= _WORD
    for area in ranked:
        if area in offer.by_area and areas[area].heaviest >= best - 1:
            return Matter(offer.by_area[area], taken=True, sure=sure)
    if not offer.services:
        return Matter(ranked[0], taken=True, sure=sure)
    if not sure:
        return None
    return Matter(offer.general, taken=True) if offer.general else Matter(ranked[0], taken=False)


def leaning(said: Utterance, offer: Offer, least: int) -> Matter | None:
    """The area to which at least so many different words lean, and more than to any other."""
    words: dict[str, set[str]] = {}
    for one in said.found.get("area", ()):
        told = " ".join(said.words[one.first : one.behind])
        words.setdefault(one.label.partition(".")[2], set()).add(told)
    ranked = sorted(words, key=lambda area: -len(words[area]))
    counts = [len(words[area]) for area in ranked] + [0, 0]
    if counts[0] < least or counts[0] == counts[1] or ranked[0] not in offer.by_area:
        return None
    return Matter(offer.by_area[ranked[0]], taken=True, sure=False)


def service_of(one: Found, offer: Offer) -> str:
    """The service for a phrase about an area of practice; the area's name if there is none."""
    area = one.label.split(".", 2)[2]
    return offer.by_area.get(area) or offer.general or area


def says_something(text: str, language: str) -> bool:
    """Whether the message has more than courtesies and "I need help"."""
    filler = LANGUAGES[language].lists["filler"]
    words = [word.strip(".,;:!?'\"()") for word in text.lower().split()]
    told = [word for word in words if word not in filler and len(word) > 1]
    told = [word for word in told if not word.isdecimal()]
    foreign = any(not word.isascii() and len(word) >= _ENOUGH_LETTERS for word in told)
    common = LANGUAGES[language].common
    subject = any(len(word) > _ENOUGH_LETTERS and word in common for word in told)
    return foreign or subject or len(told) >= _ENOUGH_WORDS
