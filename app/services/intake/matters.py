"""The client's need for help: which of the team's services covers it."""

from dataclasses import dataclass
from typing import Final

from app.services.intake.languages import LANGUAGES
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.shares import NONE
from app.services.intake.listening.utterance import Utterance
from app.services.intake.offers import WORD, Offer, phrased_areas

TELLS: Final = 0.5
"""The probability from which on a message tells a matter."""
_CLEAR: Final = 0.4
"""The part of it that the likeliest area has at least; words that we never heard are about
anything."""
_SURELY_TELLS: Final = 0.95
"""The probability from which on a matter of no clear area is one for the general service: who has
told a long story is not asked for it again."""
_SURE: Final = 0.3
"""The share of a service in all that the message may tell, from which on phrases are not asked."""
_ELSE: Final = 0.5
"""Clients come for what a team offers by name more often than for the many areas of its general
service."""
_SHORT_NAME_IN = 6
"""Words of a message in which the short form of a service's name counts."""
_ENOUGH_WORDS = 2
_ENOUGH_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """`service`: the team's name for it, else the area of practice. `taken`: the team covers it.
    `sure`: based on more than a hint, like the mention of a husband."""

    service: str
    taken: bool
    sure: bool = True


def _named(said: Utterance, offer: Offer) -> str | None:
    """The service that is called by its name; a short form counts in a few words alone."""
    for name, service in offer.by_name:
        at = said.low.find(name)
        behind = at + len(name)
        around = said.low[max(0, at - 1) : at] + said.low[behind : behind + 1]
        if at >= 0 and not any(map(str.isalnum, around)):
            return service
    if len(said.words) <= _SHORT_NAME_IN:
        told = " ".join(word for word in said.words if word not in said.language.lists["filler"])
        return offer.by_short_name.get(told)
    return None


def by_phrases(
    said: Utterance, offer: Offer, first: int = 0, behind: int | None = None
) -> Matter | None:
    """The matter by a service's name or by phrases of an area of practice; only from the words
    `first` to `behind` if given."""
    service = _named(said, offer) if behind is None else None
    return Matter(service, taken=True) if service else _phrased(said, offer, first, behind)


def _phrased(
    said: Utterance, offer: Offer, first: int = 0, behind: int | None = None
) -> Matter | None:
    areas = phrased_areas(said, first, behind)
    if not areas:
        return None
    ranked = sorted(areas, key=areas.__getitem__, reverse=True)
    best = areas[ranked[0]].heaviest
    sure = best >= WORD
    for area in ranked:
        if area in offer.by_area and areas[area].heaviest >= best - 1:
            return Matter(offer.by_area[area], taken=True, sure=sure)
    if not offer.services:
        return Matter(ranked[0], taken=True, sure=sure)
    if not sure:
        return None
    return Matter(offer.general, taken=True) if offer.general else Matter(ranked[0], taken=False)


def recognise(said: Utterance, offer: Offer, least: float = TELLS) -> Matter | None:
    """The matter that a message tells: a service by its name, else the likeliest area, if its
    probability that there is one is at least `least`; else what phrases say."""
    service = _named(said, offer)
    if service:
        return Matter(service, taken=True)
    phrased, likely = _phrased(said, offer), _likely(said, offer, least)
    if phrased and phrased.sure and not (likely and likely.sure):
        return phrased
    return likely


def _likely(said: Utterance, offer: Offer, least: float) -> Matter | None:
    """The service whose areas are the likeliest ones together. Points alone refuse nobody."""
    areas = areas_of(said)
    tells = 1 - areas.pop(NONE)
    if tells < least:
        return None
    if max(areas.values()) < _CLEAR * least:
        general = offer.general if tells >= _SURELY_TELLS else None
        return Matter(general, taken=True, sure=False) if general else None
    services: dict[str, float] = {}
    for area, share in areas.items():
        service = offer.service_for(area)
        part = share if area in offer.by_area else share * _ELSE
        services[service] = services.get(service, 0) + part
    service = max(services, key=services.__getitem__)
    sure = services[service] >= _SURE * sum(services.values())
    taken = not offer.services or service in offer.services
    return Matter(service, taken, sure) if taken else None


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
