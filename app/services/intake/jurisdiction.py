"""Where a team's clients may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from app.services.intake.place import Place
from app.services.intake.regions import ANY, COUNTRIES, STATE_NAMES, country_codes, state_codes

_NATION = "US"


def _entries(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    return [value] if isinstance(value, str) else []


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """`states` is None when the state does not matter; `countries` None when nothing does."""

    states: frozenset[str] | None
    countries: frozenset[str] | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Reads a team's `jurisdiction`. A team that says nothing takes clients from anywhere."""
        kind = document.get("type")
        if kind not in ("state", "national"):
            return cls(None, None)
        countries = country_codes(_entries(document.get("supportedCountries"))) or {_NATION}
        if ANY in countries:
            return cls(None, None)
        if kind == "national":
            return cls(None, frozenset(countries))
        states = state_codes(_entries(document.get("supportedStates"))) or state_codes(
            _entries(document.get("primaryState"))
        )
        return cls(None if ANY in states or not states else states, frozenset(countries))

    def lacks_state(self, place: Place) -> bool:
        """Whether it depends on a state that the place does not tell."""
        return self.states is not None and place.state is None and place.country in (None, _NATION)

    def covers(self, place: Place) -> bool:
        """A city alone is believed where the state does not matter."""
        if self.countries is None or place.country is None:
            return True
        if place.country not in self.countries:
            return False
        return self.states is None or place.country != _NATION or place.state in self.states

    def names(self) -> list[str]:
        """The states, else the countries, as one says them."""
        if self.states is not None:
            return sorted(STATE_NAMES[code] for code in self.states)
        labels = {region.country: region.label for region in COUNTRIES.values()}
        return sorted(labels[code] for code in self.countries or ())
