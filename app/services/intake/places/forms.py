"""A city and a state on two lines of a form: "City: Hickory", "State: NC"."""

import re
from dataclasses import dataclass

from app.services.intake.languages import LANGUAGES
from app.services.intake.places.cities import spelled


def _one_of(name: str) -> str:
    """A pattern for the words of a list, in any language: people mix them in forms."""
    return "|".join(sorted(set[str]().union(*(one.lists[name] for one in LANGUAGES.values()))))


_CITY = rf"(?:{_one_of('city_labels')}) ?:? ?"
_NAME = r"([^\W\d_][^\n,;:|]{1,30})"
_BREAK = r"[ \t]?[\n,;|][ \t]?"
_STATE = rf"\b(?:{_one_of('state_labels')}) ?:? ?"
_LONGEST = 60
_IS_LABELLED = re.compile(rf"{_STATE}$", re.IGNORECASE)
_BEFORE = re.compile(rf"\b{_CITY}{_NAME}{_BREAK}{_STATE}$", re.IGNORECASE)
_BEHIND = re.compile(rf"{_BREAK}{_CITY}{_NAME}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """`city` is None where the form has none beside its state."""

    city: str | None
    start: int
    end: int


def line_of_state(text: str, start: int, end: int) -> Line | None:
    """The city beside a state that stands behind its label; None if no label is there."""
    lead = max(0, start - _LONGEST)
    if not _IS_LABELLED.search(text[lead:start]):
        return None
    before = _BEFORE.search(text[lead:start])
    if before:
        return Line(spelled(before[1].split()), lead + before.start(), end)
    behind = _BEHIND.match(text, end)
    return Line(
        spelled(behind[1].split()) if behind else None, start, behind.end() if behind else end
    )
