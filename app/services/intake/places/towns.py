"""Which state or country a town without one is in."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from app.services.intake.languages.spelling import one_error
from app.services.intake.places.regions import COUNTRY_NAMES, NATION, Region, spelled_plainly

_SHORT = {"st": "saint", "saint": "st", "ft": "fort", "mt": "mount"}
_LAST_MOUNT = re.compile(r" mt$")
_ALSO = {
    "fort liberty": "fort bragg",
    "new york": "new york city",
    "nyc": "new york city",
    "clt": "charlotte",
    "gso": "greensboro",
}
_WRITTEN = {
    "winston salem": "Winston-Salem",
    "fuquay varina": "Fuquay-Varina",
    "wilkes barre": "Wilkes-Barre",
    "clt": "Charlotte",
    "gso": "Greensboro",
}
"""What clients write, and the town's own name."""
_FAVOUR, _KNOWN = 40, 20
"""How many times more a firm's client is likely to mean a town of the firm's state, and how many
times larger than any other a city elsewhere is that everybody means."""
_SHARE = 20
"""A town of the firm's state that is at most this many times larger elsewhere is meant."""
_CITY = 100
"""Thousands of inhabitants from which a city is known outside its state."""
_SUBURB = 2
_SOME_SIZE = 5
"""Thousands of inhabitants from which a misspelled town is recognised."""
_LONG_NAME = 6
_VERY_LONG = 9
_MOST_DOUBLED = 2


@cache
def _towns() -> Mapping[str, str]:
    """The regions of each town as the file has them; reading all of them would cost memory."""
    text = (Path(__file__).parent / "towns.txt").read_text(encoding="utf-8")
    lines = (line.partition("|") for line in text.splitlines() if not line.startswith("#"))
    return {name: regions for name, _, regions in lines}


def _sizes(town: str) -> dict[str, int]:
    """Thousands of inhabitants by region: states in capitals, countries in small letters."""
    name = spelled_plainly(town)
    first, _, rest = name.partition(" ")
    listed = _towns()
    found = listed.get(name) or listed.get(_ALSO.get(name, ""))
    found = found or listed.get(f"{_SHORT.get(first, first)} {rest}", "")
    found = found or listed.get(_LAST_MOUNT.sub(" mount", name), "")  # "Rocky Mt"
    return {one[:2]: int(one[2:]) for one in found.split()}


def is_town(name: str) -> bool:
    """Whether a town or county has that name, in any state or country that `towns.txt` lists.

    Capitals, accents and short forms ("St. Paul") do not matter.
    """
    return bool(_sizes(name))


def as_written(town: str) -> str:
    """The town's own name: "Winston Salem", "CLT"."""
    return _WRITTEN.get(spelled_plainly(town), town)


def is_in(town: str, state: str) -> bool:
    """Whether a state has a town of that name; the state as its code in capitals."""
    return state in _sizes(town)


@lru_cache(maxsize=1024)
def likely_meant(town: str, states: frozenset[str] | None) -> str | None:
    """The town of these states (None: of any) that is one typing error away from this one, which is
    no town: "Charlote"; in a long name also one besides double letters. None if there are several,
    or none of some size."""
    name = spelled_plainly(town)
    if len(name) < _LONG_NAME or is_town(name):
        return None
    single = _single(name)
    errors = {
        known: number
        for known, regions in _towns().items()
        if known[0] == name[0] and abs(len(known) - len(name)) <= _MOST_DOUBLED
        if (number := _errors(known, name, single)) and _is_of_size(regions, states)
    }
    fewest = min(errors.values(), default=0)
    found = [known for known, number in errors.items() if number == fewest]
    return found[0] if len(found) == 1 else None


def _errors(known: str, name: str, single: str) -> int:
    """From 1 (one typing error) to 3 (one besides double letters); 0 if there are more. `single` is
    the name without double letters."""
    if one_error(known, name):
        return 1
    if _single(known) == single:
        return 2
    return 3 if len(name) >= _VERY_LONG and one_error(_single(known), single) else 0


def _single(name: str) -> str:
    """Without double letters, which people forget."""
    return "".join(letter for at, letter in enumerate(name) if name[at - 1 : at] != letter)


def _is_of_size(regions: str, states: frozenset[str] | None) -> bool:
    return any(
        int(one[2:]) >= _SOME_SIZE and (one[:2] in states if states else one.isupper())
        for one in regions.split()
    )


def region_of(town: str, states: frozenset[str] | None) -> Region | None:
    """The region that the client of a firm in `states` surely means: a state of these (None: of
    any) unless the town is far larger elsewhere, or a city that is known everywhere."""
    weights = {
        region: size * (_FAVOUR if (region in states if states else region.isupper()) else 1)
        for region, size in _sizes(town).items()
    }
    ranked = sorted(weights, key=weights.__getitem__, reverse=True)
    if not ranked:
        return None
    best = ranked[0]
    next_best = weights[ranked[1]] if len(ranked) > 1 else 0
    favoured = states is not None and best in states
    known = favoured or weights[best] >= _CITY
    rival = len(ranked) > 1 and favoured and ranked[1] in (states or ())
    least = _SUBURB * next_best if rival else next_best if favoured else _KNOWN * next_best
    if not known or weights[best] < least:
        return None
    return _region_by_code(best)


def is_rather_in(town: str, state: str) -> bool:
    """Whether nobody needs to be asked if they mean the town of their firm's state."""
    sizes = _sizes(town)
    return _SHARE * sizes.get(state, 0) >= max(sizes.values(), default=1)


def _region_by_code(code: str) -> Region:
    if code.isupper():
        return Region(code, NATION, code)
    return Region(COUNTRY_NAMES[code.upper()], code.upper())
