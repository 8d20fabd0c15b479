"""The words before a place, and what they say of it: "I live in", "my ex moved to"."""

from typing import Literal

from app.services.intake.languages import Found
from app.services.intake.listening.owners import sentence_begin
from app.services.intake.listening.utterance import Utterance

_NAME_WORDS = 4
_OTHERS = ("place.others", "place.denied")
"""Denied is only the place directly behind: "not Durham, Hillsborough NC"."""
_REACH = 14
"""Words before a place that can be about it."""
Lead = Literal["own", "weak", "others", "passing", "none"]


def lead_to(said: Utterance, start: int, since: int) -> tuple[Lead, int]:
    """The meaning of the words before a place, and where they begin."""
    lead, begin = _lead(said, start, since)
    return ("own" if lead == "others" and said.has("place.too") else lead), begin


def is_origin(said: Utterance, begin: int, start: int) -> bool:
    """Whether words like "from" stand between the begin of what leads to a place and the place."""
    words = said.words[said.word_at(begin) : said.word_at(start)]
    return not said.language.lists["from_words"].isdisjoint(words)


def _lead(said: Utterance, start: int, since: int) -> tuple[Lead, int]:
    number = said.word_at(start)
    least = max(since, number - _REACH)
    while least < number and said.ends[least] <= number:
        least = said.ends[least]
    near = [
        one
        for one in said.found.get("place", ())
        if one.first >= least and one.behind <= number
        if one.label == "place.others" or one.behind == number
    ]
    if any(one.label == "place.denied" and _is_denied(said, one, number) for one in near):
        return "others", start
    told = [one for one in near if one.label in _OTHERS]
    others = max((one.behind for one in told), default=-1)
    other_first = max((one.first for one in told), default=-1)
    best = max((one for one in near if one.label not in _OTHERS), key=_rank, default=None)
    kind: Lead = "none"
    begin = start
    if best is not None:
        begin = _behind_comma(said, said.starts[best.first], start)
        if best.label == "place.with":  # "staying with family in": theirs and the client's
            return "own", begin
        lives = best.label == "place.own" and said.words[best.behind - 1] not in _origin(said)
        subject = _subject_begin(said, best.first)
        strong = lives and not said.language.lists["first_person"].isdisjoint(
            said.words[subject : best.behind]
        )
        kind = "passing" if best.label == "place.passing" else "own" if strong else "weak"
        if kind in ("passing", "weak") and _behind_name(said, best.first):
            kind = "own"
    if others >= 0 and not (kind == "own" and best is not None and best.first >= other_first):
        said_of_others = best is None or kind != "weak" or others > best.first
        kind = "others" if said_of_others or _speaks_of_others(said, least, number) else kind
    return kind, begin


def _is_denied(said: Utterance, one: Found, number: int) -> bool:
    """ "I don't live in Durham": the denial reaches to the place, with more than its "not"."""
    return one.behind == number and one.behind - one.first > 1


def _behind_comma(said: Utterance, begin: int, start: int) -> int:
    """ "I'm Jane Poe, living in Cary": what stands before a comma is not about the place."""
    comma = said.text.rfind(",", begin, start)
    return begin if comma < 0 else said.starts[said.word_at(comma)]


def _subject_begin(said: Utterance, number: int) -> int:
    """The first word that may be the subject: "I work in Asheboro but live in", with nobody else in
    between, has it in front."""
    lists = said.language.lists
    begin = sentence_begin(said, number)
    joined = not lists["joining"].isdisjoint(said.words[max(begin, number - 1) : number + 1])
    alone = lists["others"].isdisjoint(said.words[begin:number])
    return begin if joined and alone else number


def _origin(said: Utterance) -> frozenset[str]:
    """ "I'm from" is weaker evidence than "I live in"."""
    return said.language.lists["from_words"]


def _behind_name(said: Utterance, number: int) -> bool:
    """ "I'm Bo Lee in Savannah": only an announced name is in between."""
    for one in said.found.get("name", ()):
        between = range(one.behind, number)
        if not 0 < len(between) <= _NAME_WORDS:
            continue
        if all(said.text[said.starts[at]].isupper() for at in between):
            return True
        if len(between) > 1 and not any(said.language.knows(said.words[at]) for at in between):
            return True
    return False


def _rank(one: Found) -> tuple[bool, int]:
    return one.label in ("place.own", "place.with"), one.behind - one.first


def _speaks_of_others(said: Utterance, first: int, behind: int) -> bool:
    words = said.words[first:behind]
    return not said.language.lists["others"].isdisjoint(words)
