"""Whether what a client says after the end adds to a known matter."""

from app.services.intake.corrections import speaks_of_others
from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import by_phrases, says_something
from app.services.intake.notes import REACH, tells
from app.services.intake.offers import is_act

_DIGITS = 3
_FEWEST_WORDS = 5
_NO_STATEMENT = frozenset({"own", "denied", "name"})
"""Phrases of messages that are about something else than the matter."""
_BESIDE = frozenset(
    {"also", "corrects", "other_matter", "no", "hard", "sad", "about", "another_matter", "needs"}
)
"""Other content of a statement about the matter."""


def is_detail(facts: Facts, said: Utterance, words: str) -> bool:
    """Whether the message adds to a matter: marked so, urgent, or an informative statement."""
    labels = said.labels("said")
    if (
        said.others
        or said.has(REACH)
        or (_has_numbers(said) and not said.asks and speaks_of_others(said))
    ):
        return True
    if not said.asks and tells_act(said) and "cancel" not in labels:
        return _tells_new(facts, said) if "other_matter" in labels else True
    if not says_something(words, said.language.code):
        return False
    if "other_matter" in labels and by_phrases(said, facts.offer) is not None:
        return _tells_new(facts, said)
    if "adds" in labels or "high" in said.labels("urgent") or "danger" in said.found:
        return tells(said, words)
    return _is_statement(facts, said, words)


def tells_act(said: Utterance) -> bool:
    """Whether the message has an act or event of an area of practice: "was evicted"."""
    return any(map(is_act, said.found.get("matter", ())))


def _is_statement(facts: Facts, said: Utterance, words: str) -> bool:
    labels = said.labels("said")
    contact = "@" in said.text or _has_numbers(said)
    if (
        contact
        or said.asks
        or said.asked
        or not _NO_STATEMENT.isdisjoint(said.found)
        or not labels <= _BESIDE
    ):
        return False
    found = by_phrases(said, facts.offer)
    same = found is not None and found.service in facts.services
    begins = said.words[0] in said.language.lists["tellers"]
    return same or (begins and (tells(said, words) or _tells_of_others(said)))


def _tells_of_others(said: Utterance) -> bool:
    """ "I want her out of the house"."""
    return len(said.words) >= _FEWEST_WORDS and speaks_of_others(said)


def _has_numbers(said: Utterance) -> bool:
    return any(len(word) >= _DIGITS and word.isdecimal() for word in said.words)


def _tells_new(facts: Facts, said: Utterance) -> bool:
    """Whether the message has a new word about the matter."""
    known = said.language.matter_words | said.language.lists["others"]
    words = known.intersection(said.words) - said.language.lists["filler"]
    return not words <= set(facts.told.lower().split())
