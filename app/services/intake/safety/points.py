"""Points for danger in words that no phrase knows.

Each word, each pair of neighbouring words and each sign has points; their sum shows how much a text
resembles the messages of people in danger. The tables `languages/<code>/points.tsv` are written by
`python -m tests.conversations.weigh` from the conversations in `tests/conversations`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.services.intake.languages import Language
from app.services.intake.languages.loading import points_file
from app.services.intake.listening.features import classed, pairs, stem

BIAS: Final = "="
_ENOUGH: Final = -80
"""Hundredths from even odds: of the messages that are learned from, ordinary ones are far more than
among the clients of whom danger must be heard."""
_ENOUGH_IN: Final = {"es": -120}
"""Languages in which fewer messages of danger are known."""
_CLEAR: Final = 200
"""Hundredths from even odds between violence and suicide; a nearer text gets both numbers."""
FEWEST_WORDS: Final = 4
"""Shorter texts have too few words to compare; phrases find danger in them."""
_CLASSES = ("firearms", "body_parts", "children", "partner", "hurting", "surely_harm", "strangers")
"""Word lists whose words count as one word in a pair."""


def features(words: Sequence[str], signs: Iterable[str], language: Language) -> set[str]:
    """What has points in a text: its words, the pairs of neighbours, and its signs."""
    stems = classed(words, language.code, _CLASSES)
    return {*map(stem, words), *pairs(stems), *(f"!{sign}" for sign in signs)}


@dataclass(frozen=True, slots=True)
class Points:
    """Hundredths: of danger, and of danger to oneself rather than from others."""

    danger: Mapping[str, int]
    suicide: Mapping[str, int]
    enough: int

    def kind(self, found: set[str]) -> str | None:
        """The kind of danger that a text with these features is about, if any."""
        danger, suicide = self.danger, self.suicide
        total = danger.get(BIAS, 0) + sum(danger.get(one, 0) for one in found)
        if total <= self.enough:
            return None
        total = suicide.get(BIAS, 0) + sum(suicide.get(one, 0) for one in found)
        if abs(total) < _CLEAR:
            return "unclear"
        return "suicide" if total > 0 else "violence"


@cache
def points_of(code: str) -> Points:
    rows = list(points_file(code))
    danger, suicide = {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
    return Points(danger, suicide, _ENOUGH_IN.get(code, _ENOUGH))
