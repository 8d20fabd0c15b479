"""What a team offers: its services, and which of them covers which area of practice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from app.services.intake.languages import LANGUAGES, Found
from app.services.intake.listening.utterance import Utterance

GENERAL = "General Consultation"
ACT: Final = 3
WORD: Final = 2
"""Weights of phrases: 3 an act or event that decides, 2 a word of the area, 1 a hint."""


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

    def service_for(self, area: str) -> str:
        """The area's own name if the team lists no services, or has none for it."""
        if not self.services:
            return area
        return self.by_area.get(area) or self.general or area


class Evidence(NamedTuple):
    """For an area: the heaviest phrase, the sum of all, and the place of the first (negative)."""

    heaviest: int
    total: int
    place: int


def _weight_and_area(one: Found) -> tuple[int, str]:
    """The parts of a label like `matter.3.Family Law`."""
    _, weight, area = one.label.split(".", 2)
    return int(weight), area


def is_act(one: Found) -> bool:
    """Whether a phrase about an area of practice is an act or event that decides."""
    return _weight_and_area(one)[0] == ACT


def is_more_than_hint(one: Found) -> bool:
    """Whether a phrase about an area of practice is an act, an event or a word of the area."""
    return _weight_and_area(one)[0] >= WORD


def is_denied(said: Utterance, first: int) -> bool:
    """ "It's about a will, not a divorce": in corrections, because "not paid" is a matter."""
    denying = said.language.lists["denying"]
    return not denying.isdisjoint(said.words[max(0, first - 2) : first])


def phrased_areas(
    said: Utterance, first: int = 0, behind: int | None = None
) -> dict[str, Evidence]:
    """The areas of practice that words of a message speak of."""
    heaviest: dict[tuple[str, int], int] = {}
    for one in said.found.get("matter", ()):
        inside = one.first >= first and (behind is None or one.behind <= behind)
        if inside and not (behind is not None and is_denied(said, one.first)):
            weight, area = _weight_and_area(one)
            key = (area, one.first)
            heaviest[key] = max(weight, heaviest.get(key, 0))
    found: dict[str, Evidence] = {}
    for (area, place), most in heaviest.items():
        known = found.get(area, Evidence(0, 0, -place))
        found[area] = Evidence(
            max(known.heaviest, most), known.total + most, max(known.place, -place)
        )
    return found


def _areas_in_names(services: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """What the names of services tell: how many other areas the name rather tells, the area, and
    the service. "Intellectual Property" has a word of Real Estate."""
    for service in services:
        for language in LANGUAGES.values():
            found = phrased_areas(Utterance(service, language, first=False))
            words = [area for area, one in found.items() if one.heaviest >= WORD]
            ranked = sorted(words, key=found.__getitem__, reverse=True)
            yield from ((rank, area, service) for rank, area in enumerate(ranked))


@lru_cache(maxsize=256)
def offer_of(services: tuple[str, ...]) -> Offer:
    """Which of a team's services covers which area of practice, by the words of their names.

    If several names have words of an area, the service wins whose name tells it most clearly. The
    results are cached.
    """
    full: list[tuple[str, str]] = []
    by_area: dict[str, str] = {}
    short: dict[str, str] = {}
    for service in services:
        name = " ".join(service.lower().split())
        full.append((name, service))
        short[name.removesuffix(" law").removesuffix(" services")] = service
    for _, area, service in sorted(_areas_in_names(services), key=itemgetter(0)):
        by_area.setdefault(area, service)
    filler = LANGUAGES["en"].lists["filler"]
    named = {name: service for name, service in short.items() if name not in filler}
    full.sort(key=lambda pair: -len(pair[0]))
    return Offer(services, tuple(full), named, by_area)


def service_of(one: Found, offer: Offer) -> str:
    """The service for a phrase about an area of practice."""
    return offer.service_for(_weight_and_area(one)[1])
