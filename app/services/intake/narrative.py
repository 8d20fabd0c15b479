"""The matter as the client describes it, before and after the intake is complete."""

from app.domain.intake import FurtherMatter
from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import Matter, recognise, says_something, tells_act
from app.services.intake.notes import joined, tells, told

_MOST_FURTHER = 10
_NO_STATEMENT = frozenset({"ask", "own", "denied", "name"})
"""Phrases of messages that are about something else than the matter."""
_BESIDE = frozenset(
    {"also", "corrects", "other_matter", "no", "hard", "sad", "about", "another_matter", "needs"}
)
"""Other content of a statement about the matter."""


def hear_matter(facts: Facts, said: Utterance) -> None:
    """A recognised matter stays, unless it was only a hint, the team does not cover it, or the
    client withdraws it. The description keeps the client's words."""
    words = told(said)
    corrected = _corrected(facts, said)
    found = corrected or recognise(said, facts.offer)
    asked = facts.asked == "matterType"
    if found is None and facts.matter is None and asked:
        found = _general(facts, said, words)
    if found is not None and (corrected or _replaces(found, facts.matter)):
        before, facts.matter = facts.matter, found
        facts.learned("matterType", before=before)
    if corrected:
        facts.told = words or said.text.strip()
    elif tells(said, words) or (found is not None and asked):
        facts.told = joined(facts.told, words or said.text.strip())
    elif found is not None and not facts.told:
        facts.told = said.text.strip()


def _replaces(found: Matter, known: Matter | None) -> bool:
    if known is None:
        return True
    if found.service == known.service:
        return False
    return found.taken and (not known.taken or (found.sure and not known.sure))


def _corrected(facts: Facts, said: Utterance) -> Matter | None:
    """Another matter, if the client says that it is about that instead."""
    if facts.matter is None or not facts.matter.taken:
        return None
    labels = {"said.other_matter"} | ({"said.about"} if said.has("said.corrects") else set())
    for one in said.found.get("said", ()):
        if one.label in labels:
            found = recognise(said, facts.offer, one.first, said.ends[one.first])
            if found and found.sure and found.service != facts.matter.service:
                return found
    return None


def _general(facts: Facts, said: Utterance, words: str) -> Matter | None:
    """A matter in words that are in no list goes to the team's general service."""
    leaves = not said.labels("said").isdisjoint({"cancel", "bye"})
    if leaves or not says_something(words, said.language.code):
        facts.trouble["matterType"] = "vague"
        return None
    if facts.offer.general is None:
        facts.trouble["matterType"] = "unclear"
        facts.told = joined(facts.told, words)
        return None
    return Matter(facts.offer.general, taken=True)


def hear_urgency(facts: Facts, said: Utterance) -> None:
    """The urgency that the client states; the agent never asks for it. After the end it only
    rises."""
    labels = said.labels("urgent")
    if "high" in labels:
        facts.urgency = "high"
    elif "low" in labels and not facts.settled:
        facts.urgency = "low"


def hear_more(facts: Facts, said: Utterance) -> None:
    """After the end: a correction of the matter, more about it, or a further one."""
    corrected = _corrected(facts, said)
    words = told(said)
    if corrected:
        before, facts.matter = facts.matter, corrected
        facts.learned("matterType", before=before)
        facts.told = words or said.text.strip()
    elif _is_further(facts, said):
        _tell_further(facts, said, words)
    elif _is_detail(facts, said, words):
        facts.told = joined(facts.told, words)
        facts.added = "added"


def _is_further(facts: Facts, said: Utterance) -> bool:
    """Whether the client describes a separate matter: they say so, or name an act of another
    area."""
    labels, asks = said.labels("said"), said.labels("ask")
    if facts.awaits_further:
        return True
    if not labels.isdisjoint({"wrong.email", "wrong.phone", "wrong.name"}):
        return False
    found = recognise(said, facts.offer)
    known = facts.matter.service if facts.matter else None
    other = found is not None and found.service != known
    act = found is not None and tells_act(said)
    if {"also", "needs"} <= labels:
        return True
    if "another_matter" in labels and (found is None or other or act):
        return asks.isdisjoint({"handle", "price", "states", "areas"}) or act
    told = "also" in labels or "adds" not in labels
    return other and act and told and asks.isdisjoint({"handle", "advice", "existing", "can_help"})


def _tell_further(facts: Facts, said: Utterance, words: str) -> None:
    found = recognise(said, facts.offer)
    if found is None and not says_something(words, said.language.code):
        facts.awaits_further = not facts.awaits_further
        facts.added = "tell_further" if facts.awaits_further else None
        return
    facts.awaits_further = False
    facts.added = "further"
    if len(facts.further) < _MOST_FURTHER:
        service = found.service if found else facts.offer.general
        one = FurtherMatter(facts.heard, words or said.text.strip(), service)
        facts.further = (*facts.further, one)


def _is_detail(facts: Facts, said: Utterance, words: str) -> bool:
    """Whether the message adds to the matter: marked so, urgent, or an informative statement."""
    if not says_something(words, said.language.code):
        return False
    labels = said.labels("said")
    if "other_matter" in labels and recognise(said, facts.offer) is not None:
        return _tells_new(facts, said)
    if "adds" in labels or "high" in said.labels("urgent") or "danger" in said.found:
        return tells(said, words)
    contact = "@" in said.text or any(len(word) >= 3 and word.isdecimal() for word in said.words)
    if contact or said.asks or not _NO_STATEMENT.isdisjoint(said.found) or not labels <= _BESIDE:
        return False
    found = recognise(said, facts.offer)
    same = found is not None and facts.matter is not None and found.service == facts.matter.service
    begins = said.words[0] in said.language.lists["tellers"]
    return same or (begins and tells(said, words))


def _tells_new(facts: Facts, said: Utterance) -> bool:
    """Whether the message has a new word about the matter."""
    known = said.language.matter_words | said.language.lists["others"]
    words = known.intersection(said.words) - said.language.lists["filler"]
    return not words <= set(facts.told.lower().split())
