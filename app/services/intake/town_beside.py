"""The town that stands beside a county, a ZIP code or a state."""

import re
from dataclasses import replace

from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities import spelled
from app.services.intake.places.place import HeardPlace
from app.services.intake.places.towns import is_in, is_town

_LONGEST_TOWN = 60
_COUNTY_IN = 8
"""The most words of a message that names its county."""
_CLAUSE_END = re.compile(r"[.,;!?\n]")


def begins_with_county(said: Utterance) -> bool:
    """ "Watauga County", where we ask for something else."""
    if len(said.words) > _COUNTY_IN:
        return False
    behind = _clause_end(said.text, 0, len(said.text))
    county = said.text[:behind].rstrip().lower().endswith(" county")
    return county and _town(said.text, 0, behind) is not None


def with_its_town(facts: Facts, said: Utterance, one: HeardPlace) -> HeardPlace:
    """A county, a ZIP code or a state with the town beside it."""
    town = _town_before(said, one) or _town_behind(said, one)
    states = facts.scope.states if one.place.state is None else {one.place.state}
    written = said.text[slice(*town)] if town else ""
    if town is None or not any(is_in(written, state) for state in states or ()):
        return one
    said.take(*town)
    return replace(one, place=replace(one.place, city=spelled(written.split())))


def _town(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a town stands in a stretch of text that has nothing else."""
    town = stripped(text, start, end, " .!")
    known = town and town[1] - town[0] <= _LONGEST_TOWN and is_town(text[slice(*town)])
    return town if known else None


def stripped(text: str, start: int, end: int, edges: str) -> tuple[int, int] | None:
    """Where a stretch of text stands without these signs at its ends; None if nothing is left."""
    kept = text[start:end].strip(edges)
    begin = text.find(kept, start)
    return (begin, begin + len(kept)) if kept else None


def _clause_end(text: str, start: int, end: int) -> int:
    match = _CLAUSE_END.search(text, start, end)
    return match.start() if match else end


def _town_before(said: Utterance, one: HeardPlace) -> tuple[int, int] | None:
    """ "Yadkinville. It's in North Carolina", "Goldsboro, Wayne County, NC": a town alone in the
    first clause."""
    return _town(said.text, 0, _clause_end(said.text, 0, one.start))


def _town_behind(said: Utterance, one: HeardPlace) -> tuple[int, int] | None:
    """ "28328, that's Clinton", "Watauga County, town of Boone"."""
    if one.place.zip is None and not one.place.is_county:
        return None
    lead = said.language.lists["place_lead"]
    rest = range(said.word_at(one.end), len(said.words))
    start = next((said.starts[at] for at in rest if said.words[at] not in lead), None)
    if start is None:
        return None
    end = len(said.text)
    return _town(said.text, start, end if one.place.zip else _clause_end(said.text, start, end))
