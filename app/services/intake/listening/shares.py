"""What a text is about: the share of each label, by the points of the text's features.

The tables `languages/<code>/topics.tsv` and `areas.tsv` are written by
`python -m tests.conversations.weigh_topics` and `weigh_areas` from messages with labels.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.services.intake.languages.loading import Table, shares_file

BIAS: Final = "="
NONE: Final = "none"
"""The label of a text that is about nothing that is told apart."""
PER_POINT: Final = 0.05
"""What a point adds to the logarithm of a label's odds."""


@dataclass(frozen=True, slots=True)
class Shares:
    """`rows` are pairs of bytes for each feature: the number of a label, and its points + 128."""

    labels: tuple[str, ...]
    rows: Mapping[str, bytes]

    def of(self, found: Collection[str]) -> dict[str, float]:
        """The probability of each label; all together are 1."""
        totals = [0] * len(self.labels)
        for one in (BIAS, *found):
            row = iter(self.rows.get(one, b""))
            for number, points in zip(row, row, strict=True):
                totals[number] += points - 128
        most = max(totals)
        odds = [math.exp((total - most) * PER_POINT) for total in totals]
        whole = sum(odds)
        return {label: one / whole for label, one in zip(self.labels, odds, strict=True)}


@cache
def shares_in(code: str, table: Table) -> Shares:
    """A new language has no table yet: none of its texts is about anything."""
    labels: dict[str, int] = {NONE: 0}
    rows: dict[str, bytes] = {}
    for feature, points in shares_file(code, table):
        pairs_of = ((labels.setdefault(label, len(labels)), value + 128) for label, value in points)
        rows[feature] = bytes(byte for pair in pairs_of for byte in pair)
    return Shares(tuple(labels), rows)
