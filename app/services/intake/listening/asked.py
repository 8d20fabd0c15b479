"""The topics of a client's questions, also in words that no phrase knows.

Each word, each pair of words and each phrase of a sentence has points for each topic; their sums
show what the sentence probably asks. The tables `languages/<code>/topics.tsv` are written by
`python -m tests.conversations.weigh_topics` from the messages in `tests/conversations/asked`.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from app.services.intake.languages import Found
from app.services.intake.languages.loading import topics_file
from app.services.intake.listening.features import classed, pairs, stem
from app.services.intake.listening.utterance import Utterance

BIAS: Final = "="
NONE: Final = "none"
UNKNOWN: Final = "unknown"
"""The topics of a sentence that asks nothing, and of a question that no topic is about."""
PER_POINT: Final = 0.05
"""What a point adds to the logarithm of a topic's odds."""
_CLASSES = ("language", "weekdays", "kin", "strangers", "partner", "months")
_KINDS = ("ask", "about", "queries", "said", "chat", "matter")
_ASK = "ask."
_LENGTHS = (2, 4, 8, 15)
_TAKEN = "_"
_FEW_WORDS = 5


_ASKS, _MAY_ASK = 0.5, 0.25
"""The probabilities from which on a sentence asks something, and may ask something."""
_SURE: Final = 0.5
"""The share of a topic in all that a sentence may ask, from which on it is answered: nine of ten
such answers are right, and one of two below it."""
_ALSO: Final = 0.2
"""The probability from which on a topic is asked that a phrase names."""


class Part(NamedTuple):
    """What is weighed as a whole: the numbers of its first word and of the word behind it, and the
    phrases in it."""

    first: int
    behind: int
    phrases: list[Found]

    @property
    def named(self) -> set[str]:
        """The topics that phrases name."""
        return {one.label[len(_ASK) :] for one in self.phrases if one.label.startswith(_ASK)}


def parts(said: Utterance) -> Iterator[Part]:
    """The sentences, or each side of an "and" that stands between two phrases of questions."""
    phrases: dict[int, list[Found]] = {}
    for one in sorted(chain.from_iterable(said.found.get(kind, ()) for kind in _KINDS), key=_first):
        phrases.setdefault(said.ends[one.first], []).append(one)
    begin = 0
    for behind in sorted(set(said.ends)):
        inside = phrases.get(behind, [])
        for joint in _joints(said, begin, inside):
            yield Part(begin, joint, [one for one in inside if begin <= one.first < joint])
            begin = joint + 1
        yield Part(begin, behind, [one for one in inside if one.first >= begin])
        begin = behind


_first = attrgetter("first")


def _joints(said: Utterance, begin: int, inside: Sequence[Found]) -> Iterator[int]:
    joints = said.language.lists["joints"]
    asks = (one for one in inside if one.label.startswith(_ASK))
    for one, following in pairwise(asks):
        between = range(max(one.behind, begin + 1), following.first + 1)
        joint = next((number for number in between if said.words[number] in joints), None)
        if joint is not None:
            yield joint
            begin = joint + 1


def features(said: Utterance, part: Part) -> set[str]:
    """What has points in a part. Values that were taken, as names, are no words of it."""
    words = [
        _TAKEN if said.is_taken(said.starts[at]) else said.words[at]
        for at in range(part.first, part.behind)
    ]
    stems = classed(words, said.language.code, _CLASSES)
    ends = (f"^ {stems[0]}", f"^ {' '.join(stems[:2])}", f"{stems[-1]} $") if stems else ()
    length = sum(len(stems) > most for most in _LENGTHS)
    labels = (one.label for one in part.phrases)
    marks = {"!matter" if one.startswith("matter.") else f"!{one}" for one in labels}
    asks = ("?",) if part.behind in said.asks else ()
    return {*map(stem, words), *stems, *pairs(stems), *ends, *marks, *asks, f"#{length}"}


@dataclass(frozen=True, slots=True)
class TopicPoints:
    """`rows` are pairs of bytes for each feature: the number of a topic, and its points + 128."""

    topics: tuple[str, ...]
    rows: Mapping[str, bytes]

    def shares(self, found: Collection[str]) -> dict[str, float]:
        """The probability of each topic; all together are 1."""
        totals = [0] * len(self.topics)
        for one in (BIAS, *found):
            row = iter(self.rows.get(one, b""))
            for number, points in zip(row, row, strict=True):
                totals[number] += points - 128
        most = max(totals)
        odds = [math.exp((total - most) * PER_POINT) for total in totals]
        whole = sum(odds)
        return {topic: one / whole for topic, one in zip(self.topics, odds, strict=True)}


@cache
def points_of(code: str) -> TopicPoints:
    """A new language has no table yet: none of its sentences asks anything."""
    topics: dict[str, int] = {NONE: 0}
    rows: dict[str, bytes] = {}
    for feature, points in topics_file(code):
        pairs_of = ((topics.setdefault(topic, len(topics)), value + 128) for topic, value in points)
        rows[feature] = bytes(byte for pair in pairs_of for byte in pair)
    return TopicPoints(tuple(topics), rows)


def _is_an_answer(said: Utterance, part: Part) -> bool:
    """Whether a part of a message has a value, as a name or address, and few other words: they
    introduce it, unless there is a question mark or a question's phrase."""
    left = sum(not said.is_taken(start) for start in said.starts[part.first : part.behind])
    if left == part.behind - part.first or part.behind in said.asks:
        return False
    return left == 0 or (left < _FEW_WORDS and not part.named)


def hear_questions(said: Utterance) -> None:
    """Decide for each part of the message which topics it asks about: the likeliest one if it is
    clear, and those of phrases that are likely too. A phrase in a part that asks nothing does not
    count."""
    points = points_of(said.language.code)
    for part in parts(said):
        if _is_an_answer(said, part):
            continue
        shares = points.shares(features(said, part))
        asks = 1 - shares.pop(NONE)
        if asks < _MAY_ASK:
            continue
        likeliest = max(shares, key=shares.__getitem__)
        if asks < _ASKS:
            said.perhaps = likeliest
            continue
        likely = {topic for topic in part.named if shares.get(topic, 0) >= _ALSO}
        if shares[likeliest] >= _SURE * asks:
            likely.add(likeliest)
        elif not likely:
            said.perhaps = likeliest
        if "cancel" not in part.named and said.has("said.cancel"):
            likely.discard("cancel")  # a wish, which is followed
        said.asked.extend(Found(topic, part.first, part.behind) for topic in sorted(likely))
