"""A place: a city with its state or country, or a state or country alone."""

from dataclasses import KW_ONLY, dataclass

from app.services.intake.places.regions import STATE_NAMES, Region

_COUNTY = " County"


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is the last part: the state's code or the country's name; "" for a city alone."""

    city: str | None = None
    state: str | None = None
    country: str | None = None
    label: str = ""
    zip: str | None = None

    @classmethod
    def of(cls, region: Region, city: str | None, code: str | None = None) -> "Place":
        return cls(city, region.state, region.country, region.label, code)

    @property
    def is_county(self) -> bool:
        return bool(self.city) and str(self.city).endswith(_COUNTY)

    @property
    def state_name(self) -> str:
        """ "North Carolina"; "" without a state."""
        return STATE_NAMES[self.state] if self.state else ""

    def __str__(self) -> str:
        if self.city:
            return f"{self.city}, {self.label}" if self.label else self.city
        name = self.state_name or self.label
        return f"{name} {self.zip}" if self.zip else name


@dataclass(frozen=True, slots=True)
class HeardPlace:
    """`own`: the client says that they are there; `surely`: that they live there, not that they are
    from there. `passing`: something was, or happened, there. `origin`: words like "from" lead to
    it."""

    place: Place
    start: int
    end: int
    _: KW_ONLY
    own: bool
    surely: bool
    passing: bool = False
    origin: bool = False

    @classmethod
    def answer(cls, place: Place, start: int, end: int) -> "HeardPlace":
        """A place where the client lives, because it stands alone as an answer."""
        return cls(place, start, end, own=True, surely=True)
