"""The topics of a client's questions, also in words that no phrase knows.

Each word, each pair of words and each phrase of a sentence has points for each topic; their sums
show what the sentence probably asks (`topics.tsv`).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from app.services.intake.languages import Found
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.features import told_in
from app.services.intake.listening.shares import NONE, shares_in
from app.services.intake.listening.utterance import Utterance

UNKNOWN: Final = "unknown"
"""The topic of a question that no topic is about; a sentence that asks nothing is `NONE`."""
_KINDS = ("ask", "about", "queries", "said", "chat", "matter")
_ASK = "ask."
_FEW_BESIDE_A_VALUE = 5
_KINDS_OF_VALUES = {"email", "phone"}


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


def _questions_within(said: Utterance, part: Part) -> Iterator[Part]:
    """The clauses that begin like a question: "they let me go by text, can they do that", and
    without a comma "they let me go by text do i have a case"."""
    behind = part.behind
    for first in range(part.behind - 1, part.first, -1):
        comma = "," in _text_before(said, first)
        if (comma or _asks_for_me(said, first)) and _begins_asking(said, first, behind):
            inside = [one for one in part.phrases if first <= one.first < behind]
            yield Part(first, behind, inside)
        behind = first if comma else behind


def _asks_for_me(said: Utterance, number: int) -> bool:
    """ "... do I have a case": not "he told me what can I do", where somebody else speaks."""
    lists = said.language.lists
    pair = said.words[number : number + 2]
    if pair[0] not in lists["inverted"] or pair[-1] not in lists["i"]:
        return False
    before = said.words[sentence_begin(said, number) : number]
    return lists["speech"].isdisjoint(before) and lists["asking"].isdisjoint(before)


def _begins_asking(said: Utterance, first: int, behind: int) -> bool:
    lists = said.language.lists
    while first < behind - 1 and said.words[first] in lists["question_lead"]:
        first += 1
    return said.words[first] in lists["asking"]


def _text_before(said: Utterance, number: int) -> str:
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
    if left < part.behind - part.first and part.named <= _KINDS_OF_VALUES and _gives(said, part):
        return True
    if left == part.behind - part.first or part.behind in said.asks:
        return False
    return left == 0 or (left < _FEW_BESIDE_A_VALUE and not part.named)


def _gives(said: Utterance, part: Part) -> bool:
    """ "Would you put down ann@x.org?": words that call a value the client's."""
    return any(part.first <= one.first < part.behind for one in said.found.get("own", ()))


def _only_tells(said: Utterance, part: Part) -> bool:
    """Whether a part surely tells a matter, and nothing in it is a sign of a question."""
    if part.behind in said.asks or part.named:
        return False
    return areas_of(said, part.first, part.behind)[NONE] < _TELLS_ONLY


def _likely(part: Part, shares: Mapping[str, float], asks: float) -> set[str]:
    """The topics of a part that asks something with this probability."""
    likeliest = max(shares, key=shares.__getitem__)
    clear = {likeliest} if shares[likeliest] >= _SURE * asks else set()
    return {topic for topic in part.named if shares.get(topic, 0) >= _ALSO} | clear


def _goes_on(said: Utterance, part: Part) -> bool:
    """Whether a part stands behind the "and" of one that asks."""
    return any(one.behind == part.first - 1 for one in said.asked)


def _beside(said: Utterance, part: Part) -> set[str]:
    """ "What are your hours and address": what is asked for in one breath with something else."""
    near = range(part.first - 1, part.behind)
    inside = (one for one in said.found.get("also", ()) if one.first in near)
    return {one.label.partition(".")[2] for one in inside}


def hear_questions(said: Utterance) -> None:
    """Decide for each part of the message which topics it asks about: the likeliest one if it is
    clear, and those of phrases that are likely too. A phrase in a part that asks nothing does not
    count."""
    topics = shares_in(said.language.code, "topics")
    for whole in parts(said):
        if _is_an_answer(said, whole):
            continue
        part, shares = whole, topics.of(features(said, whole))
        for clause in _questions_within(said, whole) if shares[NONE] > _ASKS else ():
            alone = topics.of(features(said, clause))
            if alone[NONE] < shares[NONE]:
                part, shares = clause, alone
        asks = 1 - shares.pop(NONE)
        if asks < _MAY_ASK or (asks < _STILL_ASKS and _only_tells(said, part)):
            continue
        likely = _likely(part, shares, asks) if asks >= _ASKS else set()
        if likely or _goes_on(said, part):
            likely |= _beside(said, part)
        if not likely:
            said.perhaps = max(shares, key=shares.__getitem__)
            said.unclear = said.unclear or asks >= _ASKS
        if "cancel" not in part.named and said.has("said.cancel"):
            likely.discard("cancel")  # a wish, which is followed
        said.asked.extend(Found(topic, part.first, part.behind) for topic in sorted(likely))
