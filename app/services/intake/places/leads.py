"""The words before a place, and what they say of it: "I live in", "my ex moved to"."""

from typing import Literal

from app.services.intake.languages import Found
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.utterance import Utterance

_NAME_WORDS, _NEAR = 4, 6
_OTHERS = ("place.others", "place.denied")
"""Denied is only the place directly behind: "not Durham, Hillsborough NC"."""
_REACH = 14
"""Words before a place that can be about it."""
Lead = Literal["own", "weak", "others", "passing", "none"]


def lead_to(said: Utterance, start: int, since: int) -> tuple[Lead, int]:
    """The meaning of the words before a place, and where they begin."""
    lead, begin = _lead(said, start, since)
    return ("own" if lead == "others" and is_the_clients_too(said, start) else lead), begin


def is_the_clients_too(said: Utterance, start: int) -> bool:
    """ "She lives in Cary, and so do I", "he lives with me in Cary": near the place."""
    number = said.word_at(start)
    return any(abs(one.first - number) <= _NEAR for one in said.spans("place.too"))


def is_origin(said: Utterance, begin: int, start: int) -> bool:
    """Whether words like "from" stand between the begin of what leads to a place and the place."""
    words = said.words[said.word_at(begin) : said.word_at(start)]
    return not said.language.lists["from_words"].isdisjoint(words)


def _lead(said: Utterance, start: int, since: int) -> tuple[Lead, int]:
    number = said.word_at(start)
    words = range(_first_about(said, number, since), number)
    near = _phrases_in(said, words)
    if any(one.label == "place.denied" and _is_denied(one) for one in near):
        return "others", start
    best = max((one for one in near if one.label not in _OTHERS), key=_rank, default=None)
    kind = _strength(said, best) if best else "none"
    begin = _behind_comma(said, said.starts[best.first], start) if best else start
    others = [one for one in near if one.label in _OTHERS]
    return ("others" if _outweigh(said, others, best, kind, words) else kind), begin


def _first_about(said: Utterance, number: int, since: int) -> int:
    """The first word that can be about a place: in its sentence, and near it."""
    least = max(since, number - _REACH)
    while least < number and said.ends[least] <= number:
        least = said.ends[least]
    return least


def _phrases_in(said: Utterance, words: range) -> list[Found]:
    """The phrases directly before a place; another person may be told of some words before it."""
    return [
        one
        for one in said.found.get("place", ())
        if one.first >= words.start and one.behind <= words.stop
        if one.label == "place.others" or one.behind == words.stop
    ]


def _strength(said: Utterance, best: Found) -> Lead:
    """What a phrase about the client says of the place behind it."""
    if best.label == "place.with":  # "staying with family in": theirs and the client's
        return "own"
    lives = best.label == "place.own" and said.words[best.behind - 1] not in _origin(said)
    subject = said.words[_subject_begin(said, best.first) : best.behind]
    lists = said.language.lists
    stays = not lists["here"].isdisjoint(subject) and not lists["of_time"].isdisjoint(subject)
    if lives and (stays or not lists["first_person"].isdisjoint(subject)):
        return "own"
    if _behind_name(said, best.first):
        return "own"
    return "passing" if best.label == "place.passing" else "weak"


def _outweigh(
    said: Utterance, others: list[Found], best: Found | None, kind: Lead, words: range
) -> bool:
    """Whether what is told of others outweighs what is told of the client."""
    if not others or (best and best.label == "place.with"):
        return False
    if best is None:
        return True
    if kind == "own" and best.first >= max(one.first for one in others):
        return False
    nearer = kind != "weak" or max(one.behind for one in others) > best.first
    return nearer or _others_between(said, words)


def _is_denied(one: Found) -> bool:
    """ "I don't live in Durham": the denial reaches to the place, with more than its "not"."""
    return one.behind - one.first > 1


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
        if not 0 < len(between) <= _NAME_WORDS or said.ends[one.behind - 1] <= number:
            continue
        if all(said.text[said.starts[at]].isupper() for at in between):
            return True
        if len(between) > 1 and not any(said.language.knows(said.words[at]) for at in between):
            return True
    return False


def _rank(one: Found) -> tuple[bool, int]:
    return one.label in ("place.own", "place.with"), one.behind - one.first


def _others_between(said: Utterance, words: range) -> bool:
    between = said.words[words.start : words.stop]
    return not said.language.lists["others"].isdisjoint(between)
