"""States and countries by the names and codes that people and configurations use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.services.intake.languages.loading import word_set
from app.services.intake.languages.phrasebook import Phrasebook
from app.services.intake.listening.letters import lower, plain

ANY = "all"
NATION: Final = "US"


@dataclass(frozen=True, slots=True)
class Region:
    """A state of the United States (`country` US), or a country (`state` None)."""

    label: str
    """How a location ends: the state's code, or the country's name."""
    country: str
    state: str | None = None


def spelled_plainly(name: str) -> str:
    """A name as the words of a message are: lower case, without accents and points."""
    letters = plain(lower(name.replace("\u2019", "'")))
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in letters).split())


def _table(name: str) -> dict[str, list[str]]:
    """A file of lines `NC North Carolina|N Carolina`."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    lines = [line.partition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {code: names.split("|") for code, _, names in lines}


def _countries() -> dict[str, list[str]]:
    """By code, in English and then in the other languages; the first name is how we write it."""
    found = _table("countries.txt")
    for code, names in _table("countries_also.txt").items():
        found[code].extend(names)
    return found


_STATES, _COUNTRIES = _table("states.txt"), _countries()
STATE_NAMES: Final[Mapping[str, str]] = {code: names[0] for code, names in _STATES.items()}
COUNTRY_NAMES: Final[Mapping[str, str]] = {code: names[0] for code, names in _COUNTRIES.items()}


def _by_name() -> dict[str, Region]:
    """By plainly spelled name. Georgia and the like are states here."""
    found: dict[str, Region] = {}
    for code, names in _COUNTRIES.items():
        for name in names:
            found.setdefault(spelled_plainly(name), Region(names[0], code))
    for code, names in _STATES.items():
        found |= {spelled_plainly(name): Region(code, NATION, code) for name in names}
        found[" ".join(code.lower())] = Region(code, NATION, code)
    for vague in ("america", "u s", "e u"):
        found[vague] = Region(COUNTRY_NAMES[NATION], NATION)
    return found


REGIONS: Final[Mapping[str, Region]] = _by_name()
CODES: Final[Mapping[str, Region]] = {code.lower(): Region(code, NATION, code) for code in _STATES}
REGION_BOOK: Final = Phrasebook({name: [name] for name in REGIONS if name not in CODES}, {})
WORDS_TOO: Final = word_set("al as co ct de hi id in la ma me mi mo ms ne oh ok or pa va")
"""Codes that are words as well."""
_FIRST = frozenset([name.split()[0] for name in REGIONS] + [*CODES]) - WORDS_TOO
LETTERS: Final = frozenset(word for word in _FIRST if len(word) == 1)
FIRST_WORDS: Final = _FIRST - LETTERS
"""The words, longer than a letter, with which regions begin."""


def _region(entry: object) -> Region | None:
    text = spelled_plainly(str(entry))
    return CODES.get(text) or REGIONS.get(text)


def _is_any(entry: object) -> bool:
    return str(entry).strip().lower() == ANY


def state_codes(entries: Iterable[object]) -> frozenset[str]:
    """Configured states, by code or name, as codes; ANY among them stays."""
    known = list(entries)
    found = [region.state for entry in known if (region := _region(entry)) and region.state]
    return frozenset(found) | ({ANY} if any(map(_is_any, known)) else frozenset())


def country_codes(entries: Iterable[object]) -> frozenset[str]:
    """Configured countries, by code or name, as codes; ANY among them stays."""
    found: set[str] = set()
    for entry in entries:
        code = str(entry).strip().upper()
        region = REGIONS.get(spelled_plainly(str(entry)))
        if _is_any(entry):
            found.add(ANY)
        elif code in _COUNTRIES:
            found.add(code)
        elif region:
            found.add(region.country)
    return frozenset(found)
