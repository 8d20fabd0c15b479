"""The areas of law that a message's matter may belong to, also in words that no phrase knows.

Its words, pairs of words and phrases have points for each area (`areas.tsv`).
"""

from itertools import pairwise

from app.services.intake.listening.features import told_in
from app.services.intake.listening.shares import NONE, shares_in
from app.services.intake.listening.utterance import Utterance

_SEVERAL = 3
"""The borders of two sentences."""


def features(said: Utterance, first: int, behind: int) -> set[str]:
    """What has points in some words of a message, without the greeting before them."""
    greeting = first
    while greeting < behind and said.words[greeting] in said.language.lists["courtesy"]:
        greeting += 1
    first = greeting if greeting < behind else first
    marks = {f"!{one.label}" for one in said.found.get("matter", ()) if first <= one.first < behind}
    return told_in(said, first, behind) | marks


def areas_of(said: Utterance, first: int = 0, behind: int | None = None) -> dict[str, float]:
    """The probability of each area, and of `NONE`, that no matter is told; in the whole message,
    or from the words `first` to `behind`. Each sentence counts for itself as well: stories have
    much in them that is about nothing."""
    end = len(said.words) if behind is None else behind
    shares = shares_in(said.language.code, "areas")
    whole = shares.of(features(said, first, end))
    borders = [first, *sorted({one for one in said.ends[first:end] if one < end}), end]
    if len(borders) < _SEVERAL:
        return whole
    each = [shares.of(features(said, *one)) for one in pairwise(borders)]
    none = min(one[NONE] for one in (whole, *each))
    sums = {area: whole[area] + sum(one[area] for one in each) for area in whole if area != NONE}
    total = sum(sums.values())
    return {NONE: none} | {area: share / total * (1 - none) for area, share in sums.items()}
