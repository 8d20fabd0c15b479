"""Where a client is: a city with its state or country, or a state or country alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.services.intake.city import city_behind
from app.services.intake.everyday_words import words
from app.services.intake.mentions import Mention, begins_clause, ends_clause, mentions
from app.services.intake.regions import STATE_NAMES, Region
from app.services.intake.utterance import CUT, Utterance

# In lower case these are words; in upper case they are states only behind a city and a comma.
_WORDS_TOO = words("al as co ct de hi id in la ma me mi mo ms ne oh ok or pa va")
_GIVEN_NAMES = words(
    "virginia georgia montana washington jordan chad israel india kenya ireland america"
)

_HOME = (
    r"(?:\b(?:my|the|our)\s+)?\b(?:location|city|state|home|address|residence)\b\s*(?:\bis\b|:|=)?"
)
_RESIDENCE = re.compile(
    r"(?:\b(?:i'm|i am|i've|i|we're|we are|we|have|currently|now|actually|just|a)\b[\s,]*)*"
    r"(?:\b(?:live|living|located|based|reside|residing|resident|from|moved|relocated|here)\b"
    r"|\b(?:i'm|i am|we're|we are)(?:\s+(?:currently|now|actually))?"
    r"(?=\s+(?:in|at|near|outside)\b)"
    rf"|{_HOME})\s*(?:\b(?:in|at|near|to|of|from|outside|the|city|state|actually|now|it's)\b\s*)*$"
)
_FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|location|address|residence|i'm|we're|i've)\b")
_PASSING = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?$")
_OTHERS = re.compile(
    r"(?:\b(?:he|she|they|he's|she's|they're|lives|his|her|their|who|born|used to|moved from|not)\b"
    r"|\w(?<!\bit)(?<!\bthat)(?<!\bname)'s\b)[^.;!?]*$"
)
_LIVES = re.compile(
    r"\b(?:(?:i|we) (?:(?:currently|now|actually) )?(?:live|reside|moved) (?:in|to)|my city is"
    r"|(?:i'm|i am|we're|we are) (?:(?:currently|now|actually) )?"
    r"(?:from|(?:(?:located|based|living) )?in))\s+"
)
_LEAD = re.compile(
    rf"(?:[\s,.;:!{CUT}]|\b(?:yes|sure|ok|okay|well|hi|hello|it's|it is|i'm|i am|i|we|live|living"
    r"|located|based|in|from|at|near|the|city|of|my|location|is|currently|here)\b)*"
)


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is how it ends: the state's code or the country's name; "" for a city alone."""

    city: str | None = None
    state: str | None = None
    country: str | None = None
    label: str = ""

    @classmethod
    def of(cls, region: Region, city: str | None) -> "Place":
        return cls(city, region.state, region.country, region.label)

    def __str__(self) -> str:
        if self.city:
            return f"{self.city}, {self.label}" if self.label else self.city
        return STATE_NAMES[self.state] if self.state else self.label


@dataclass(frozen=True, slots=True)
class HeardPlace:
    """`own`: said to be where the client is. `passing`: something was, or happened, there."""

    place: Place
    own: bool
    passing: bool
    start: int
    end: int


def _is_place(said: Utterance, found: Mention, led: bool, asked: str | None) -> bool:
    """Whether a state or a country is meant: `or`, `me` and `Virginia` are words and names too."""
    located = asked == "location"
    ends = ends_clause(said, found.end)
    stands_alone = ends and begins_clause(said, found.start)
    if not found.code:
        if led or located or (found.city and found.comma):
            return True
        return stands_alone and not found.city and found.written.lower() not in _GIVEN_NAMES
    answers = located and stands_alone
    if found.written.lower() not in _WORDS_TOO:
        return led or answers or found.city is not None
    if found.written.isupper():
        return led or answers or (found.city is not None and found.comma)
    return located and ends and found.city is not None and (found.comma or stands_alone)


def _cities(said: Utterance, asked: str | None) -> Iterator[HeardPlace]:
    """Cities without a state: "I live in Charlotte", or a bare answer to the question."""
    for match in _LIVES.finditer(said.low):
        city, end = city_behind(said.text, match.end())
        if city and (said.text[match.end()].isupper() or asked == "location"):
            yield HeardPlace(Place(city), own=True, passing=False, start=match.start(), end=end)
            return
    answer = _LEAD.match(said.low) if asked == "location" else None
    if answer:
        city, end = city_behind(said.text, answer.end())
        if city and ends_clause(said, end):
            yield HeardPlace(Place(city), own=True, passing=False, start=answer.end(), end=end)


def places(said: Utterance, asked: str | None) -> list[HeardPlace]:
    """Every place that may be the client's, those with a state or country first."""
    heard = []
    for found in mentions(said):
        lead = said.before(found.start)
        home = _RESIDENCE.search(lead)
        passing = None if home else _PASSING.search(lead)
        own = asked == "location" or (home is not None and bool(_FIRST_PERSON.search(home[0])))
        if not own and _OTHERS.search(lead):
            continue
        if _is_place(said, found, led=bool(home or passing), asked=asked):
            start = found.start - len(home[0]) if home else found.start
            place = Place.of(found.region, found.city)
            heard.append(HeardPlace(place, own, passing is not None and not own, start, found.end))
    return heard or list(_cities(said, asked))
