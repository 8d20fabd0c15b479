"""The topics of a client's questions, also in words that no phrase knows.

Each word, each pair of words and each phrase of a sentence has points for each topic; their sums
show what the sentence probably asks (`topics.tsv`).
"""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from app.services.intake.languages import Found
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.features import told_in
from app.services.intake.listening.shares import NONE, shares_in
from app.services.intake.listening.utterance import Utterance

UNKNOWN: Final = "unknown"
"""The topic of a question that no topic is about; a sentence that asks nothing is `NONE`."""
_KINDS = ("ask", "about", "queries", "said", "chat", "matter")
_ASK = "ask."
_FEW_WORDS = 5


_ASKS, _MAY_ASK = 0.5, 0.25
"""The probabilities from which on a sentence asks something, and may ask something."""
_SURE: Final = 0.5
"""The share of a topic in all that a sentence may ask, from which on it is answered: nine of ten
such answers are right, and one of two below it."""
_ALSO: Final = 0.2
"""The probability from which on a topic is asked that a phrase names."""
_TELLS_ONLY, _STILL_ASKS = 0.02, 0.9
"""A part that tells no matter with less than the first probability, and has no sign of a question,
asks something from the second one on."""


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


def _question_behind(said: Utterance, part: Part) -> Part | None:
    """The question behind the last comma: "they let me go by text, can they do that"."""
    lists = said.language.lists
    for first in range(part.behind - 1, part.first, -1):
        if "," in _between(said, first):
            asking = first
            while asking < part.behind - 1 and said.words[asking] in lists["question_lead"]:
                asking += 1
            asks = said.words[asking] in lists["asking"]
            phrases = [one for one in part.phrases if one.first >= first]
            return Part(first, part.behind, phrases) if asks else None
    return None


def _between(said: Utterance, number: int) -> str:
    """The text between a word and the one before."""
    return said.text[said.behinds[number - 1] : said.starts[number]]


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
    """What has points in a part."""
    labels = (one.label for one in part.phrases)
    marks = {"!matter" if one.startswith("matter.") else f"!{one}" for one in labels}
    asks = ("?",) if part.behind in said.asks else ()
    return {*told_in(said, part.first, part.behind), *marks, *asks}


def _is_an_answer(said: Utterance, part: Part) -> bool:
    """Whether a part of a message has a value, as a name or address, and few other words: they
    introduce it, unless there is a question mark or a question's phrase."""
    left = sum(not said.is_taken(start) for start in said.starts[part.first : part.behind])
    if left == part.behind - part.first or part.behind in said.asks:
        return False
    return left == 0 or (left < _FEW_WORDS and not part.named)


def _only_tells(said: Utterance, part: Part) -> bool:
    """Whether a part surely tells a matter, and nothing in it is a sign of a question."""
    if part.behind in said.asks or part.named:
        return False
    return areas_of(said, part.first, part.behind)[NONE] < _TELLS_ONLY


def hear_questions(said: Utterance) -> None:
    """Decide for each part of the message which topics it asks about: the likeliest one if it is
    clear, and those of phrases that are likely too. A phrase in a part that asks nothing does not
    count."""
    topics = shares_in(said.language.code, "topics")
    for whole in parts(said):
        if _is_an_answer(said, whole):
            continue
        part, shares = whole, topics.of(features(said, whole))
        if shares[NONE] > _ASKS and (behind := _question_behind(said, whole)):
            part, shares = behind, topics.of(features(said, behind))
        asks = 1 - shares.pop(NONE)
        if asks < _MAY_ASK or (asks < _STILL_ASKS and _only_tells(said, part)):
            continue
        likeliest = max(shares, key=shares.__getitem__)
        if asks < _ASKS:
            said.perhaps = likeliest
            continue
        likely = {topic for topic in part.named if shares.get(topic, 0) >= _ALSO}
        if shares[likeliest] >= _SURE * asks:
            likely.add(likeliest)
        elif not likely:
            said.perhaps, said.unclear = likeliest, True
        if "cancel" not in part.named and said.has("said.cancel"):
            likely.discard("cancel")  # a wish, which is followed
        said.asked.extend(Found(topic, part.first, part.behind) for topic in sorted(likely))
