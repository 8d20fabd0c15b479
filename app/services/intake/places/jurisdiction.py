"""The places where a team takes clients."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from app.services.intake.places.place import Place
from app.services.intake.places.regions import (
    ANY,
    COUNTRY_NAMES,
    NATION,
    STATE_NAMES,
    country_codes,
    state_codes,
)
from app.services.intake.places.towns import is_rather_in, region_of


def _entries(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return (value,) if isinstance(value, str) else ()


@lru_cache(maxsize=1024)
def _scope(
    kind: str, countries: tuple[str, ...], states: tuple[str, ...], primary: tuple[str, ...]
) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The states and the countries; None if they do not matter."""
    nations = country_codes(countries) or frozenset({NATION})
    if ANY in nations:
        return None, None
    if kind == "national":
        return None, nations
    codes = state_codes(states) or state_codes(primary)
    return (None if ANY in codes or not codes else codes), nations


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """`states` is None if the state does not matter; `countries` is None if neither matters."""

    states: frozenset[str] | None
    countries: frozenset[str] | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read a team's `jurisdiction`. Without one, the team takes clients from anywhere."""
        kind = document.get("type")
        if kind not in ("state", "national"):
            return cls(None, None)
        states = _entries(document.get("supportedStates")), _entries(document.get("primaryState"))
        return cls(*_scope(kind, _entries(document.get("supportedCountries")), *states))

    def lacks_state(self, place: Place) -> bool:
        """Whether the decision depends on a state that the place does not have."""
        return self.states is not None and place.state is None and place.country in (None, NATION)

    def supposed(self, place: Place) -> Place:
        """The place with the region that the client of this team surely means, if the decision
        depends on one."""
        if place.label or not place.city or self.countries is None:
            return place
        region = region_of(place.city, self.states)
        depends = region is not None and (self.states is not None or region.state is None)
        return Place.of(region, place.city) if region and depends else place

    def assumes(self, supposed: Place) -> bool:
        """Whether that is a state of the team, and hardly anybody would mean a town elsewhere, so
        that it needs no question. Nobody is refused without one."""
        city, state = supposed.city, supposed.state
        if city is None or state is None or state not in (self.states or ()):
            return False
        return is_rather_in(city, state)

    def covers(self, place: Place) -> bool:
        """A city alone is accepted if the state does not matter."""
        if self.countries is None or place.country is None:
            return True
        if place.country not in self.countries:
            return False
        return self.states is None or place.country != NATION or place.state in self.states

    def names(self) -> list[str]:
        """The states, else the countries, as text."""
        if self.states is not None:
            return sorted(STATE_NAMES[code] for code in self.states)
        return sorted(COUNTRY_NAMES[code] for code in self.countries or ())
