"""Where a client is: a city with its state or country, or a state or country alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.services.intake.city import city_behind
from app.services.intake.everyday_words import word_set
from app.services.intake.mentions import Mention, begins_clause, ends_clause, mentions
from app.services.intake.regions import STATE_NAMES, Region
from app.services.intake.utterance import CUT, Utterance

_GIVEN_NAMES = word_set(
    "virginia georgia montana washington jordan chad israel india kenya ireland america"
)

_HOME = (
    r"(?:\b(?:my|the|our)\s+)?\b(?:location|city|state|home|address|residence)\b\s*(?:\bis\b|:|=)?"
)
_RESIDENCE = re.compile(
    r"(?:\b(?:i'm|i am|i've|i|we're|we are|we|have|currently|now|actually|just|a)\b[\s,]*)*"
    r"(?:\b(?:live|living|located|based|reside|residing|resident|from|moved to|relocated to|here)\b"
    r"|\b(?:i'm|i am|we're|we are)(?:\s+(?:currently|now|actually))?"
    r"(?=\s+(?:in|at|near|outside)\b)"
    rf"|{_HOME})\s*(?:\b(?:in|at|near|to|of|from|outside|the|city|state|actually|now|it's)\b\s*)*$"
)
_FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|location|address|residence|i'm|we're|i've)\b")
_AND_I = re.compile(r"\b(?:i|we|i'm)\b[^.;!?]*(?:\b(?:but|and)|,)\s*$")
_PASSING = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?$")
_OTHERS = re.compile(
    r"(?:\b(?:he|she|they|he's|she's|they're|lives|his|her|their|who)\b"
    r"|\w(?<!\bit)(?<!\bthat)(?<!\bname)'s\b)[^,.;!?]*$"
    r"|\b(?:not|born|used to live|lived|moved|relocated)(?: (?:from|in))?\s*$"
)
_LIVES = re.compile(
    r"\b(?:(?:i|we) (?:(?:currently|now|actually) )?(?:live|reside|moved) (?:in|to)|my city is"
    r"|(?:i'm|i am|we're|we are) (?:(?:currently|now|actually) )?"
    r"(?:from|(?:(?:located|based|living) )?in)"
    r"|(?:i'm|i am|this is|name is) (?P<name>[^.,;:!?\n]{1,60}?) from)\s+"
)
_LIVING = word_set("live reside moved city from in")
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
    if not found.word_too:
        return led or answers or found.city is not None
    if found.written.isupper():
        city = found.comma and found.city is not None and said.text[found.start].isupper()
        return led or answers or city
    return located and ends and found.city is not None and (found.comma or stands_alone)


def _cities(said: Utterance, asked: str | None) -> Iterator[HeardPlace]:
    """Cities without a state: "I live in Charlotte", or a bare answer to the question."""
    for match in () if said.words.isdisjoint(_LIVING) else _LIVES.finditer(said.low):
        city, end = city_behind(said.text, match.end())
        named = match.start("name")
        capital = said.text[match.end() : match.end() + 1].isupper()
        capital = capital and (named < 0 or said.text[named].isupper())
        if city and (capital or asked == "location"):
            start = match.start() if named < 0 else match.end("name")
            yield HeardPlace(Place(city), own=True, passing=False, start=start, end=end)
            return
    answer = _LEAD.match(said.low) if asked == "location" else None
    if answer:
        city, end = city_behind(said.text, answer.end())
        if city and ends_clause(said, end):
            yield HeardPlace(Place(city), own=True, passing=False, start=answer.end(), end=end)


def _is_own(home: re.Match[str], lead: str) -> bool:
    """ "I live in", "my city is"; also "I work there but live in"."""
    if _FIRST_PERSON.search(home[0]):
        return True
    return "live" in home[0] and _AND_I.search(lead[: home.start()]) is not None


def places(said: Utterance, asked: str | None) -> list[HeardPlace]:
    """Every place that may be the client's, those with a state or country first."""
    heard = []
    for found in mentions(said, words_too=asked == "location"):
        lead = said.before(found.start)
        home = _RESIDENCE.search(lead)
        passing = None if home else _PASSING.search(lead)
        own = home is not None and _is_own(home, lead)
        if not own and _OTHERS.search(lead):
            continue
        if _is_place(said, found, led=bool(home or passing), asked=asked):
            start = found.start - len(home[0]) if home else found.start
            place = Place.of(found.region, found.city)
            start -= len(passing[0]) if passing else 0
            stated = begins_clause(said, start)
            own = own or (asked == "location" and stated)
            aside = passing is not None and not (own or stated)
            heard.append(HeardPlace(place, own, aside, start, found.end))
    return heard or list(_cities(said, asked))
