"""States and countries in running text, each with the city in front of it."""

import re
from dataclasses import dataclass

from app.services.intake.city import city_before
from app.services.intake.regions import COUNTRIES, STATES, Region
from app.services.intake.utterance import CUT, Utterance

_NAMES = sorted((name for name in {*STATES, *COUNTRIES} if len(name) > 2), key=len, reverse=True)  # noqa: PLR2004
_FULL = re.compile(r"\b(?:" + "|".join(map(re.escape, _NAMES)) + r")(?![\w'-])")
_CODE = re.compile(r"(?<![\w'.@-])[A-Za-z]{2}(?![\w'@-])")
_BETWEEN = re.compile(r"[\s,]*")
_ZIP = re.compile(r"[\s,]*\d{5}(?:-\d{4})?\b")
_OPENS = ("", ",", ";", ".", "!", "\n", CUT)


@dataclass(slots=True)
class Mention:
    """`start` is where the city begins, if there is one; `comma`: one parts city and region."""

    region: Region
    written: str
    code: bool
    start: int
    end: int
    city: str | None = None
    comma: bool = False


def alone(said: Utterance, start: int, end: int) -> bool:
    """Whether nothing else stands between the nearest commas or full stops."""
    before = said.text[:start].rstrip(" \t")[-1:]
    after = said.text[end:].lstrip(" \t")[:1]
    return before in _OPENS and after in (*_OPENS, "?")


def _regions(said: Utterance) -> list[Mention]:
    found = []
    for match in _FULL.finditer(said.low):
        region = STATES.get(match[0]) or COUNTRIES[match[0]]
        found.append(Mention(region, match[0], False, match.start(), match.end()))
    for match in _CODE.finditer(said.text):
        state = STATES.get(match[0].lower())
        if state:
            found.append(Mention(state, match[0], True, match.start(), match.end()))
    found.sort(key=lambda mention: mention.start)
    return found


def mentions(said: Utterance) -> list[Mention]:
    """Takes "North Carolina, USA" and "Kansas City, MO" as one mention each."""
    joined: list[Mention] = []
    for found in _regions(said):
        last = joined[-1] if joined else None
        if last and not found.code and _continues(said, last, found):
            last.end = found.end
            continue
        if last and _BETWEEN.fullmatch(said.text, last.end, found.start) and not last.city:
            found.comma = "," in said.text[last.end : found.start]
            found.city, found.start = said.text[last.start : last.end], last.start
            joined.pop()
        else:
            found.city, found.start, found.comma = city_before(said.text, found.start)
            while joined and joined[-1].end > found.start:
                joined.pop()
        zipped = _ZIP.match(said.text, found.end)
        found.end = zipped.end() if zipped else found.end
        joined.append(found)
    return joined


def _continues(said: Utterance, last: Mention, found: Mention) -> bool:
    """Whether a country follows its own state or province."""
    same = found.region.country == last.region.country and found.region.state is None
    return same and bool(_BETWEEN.fullmatch(said.text, last.end, found.start))
