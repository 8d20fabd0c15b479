"""The matter as the client describes it until the intake is complete."""

from app.services.intake.facts import Facts
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.shares import NONE
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import TELLS, Matter, by_phrases, recognise, says_something
from app.services.intake.notes import REACH, joined, tells, told
from app.services.intake.offers import is_denied, service_of

_ASKED = 0.3
"""The probability from which on the answer to our question tells a matter of a known area."""
_BESIDE_REACH = 0.95
"""The probability from which on a message about how to reach the client tells a matter as well."""
_NO_MATTER = 0.5


def hear_matter(facts: Facts, said: Utterance) -> None:
    """A recognised matter stays, unless it was only a hint, the team does not cover it, or the
    client withdraws it. The description keeps the client's words."""
    words = told(said)
    instead = corrected(facts, said)
    asked = facts.asked == "matterType"
    found = instead or _found(facts, said)
    if found is None and facts.matter is None and asked:
        found = _general(facts, said, words)
    if found is not None and (instead or _replaces(found, facts)):
        before, facts.matter = facts.matter, found
        facts.learned("matterType", before=before)
    before_this = facts.told
    if instead:
        facts.told = words or said.text.strip()
    elif tells(said, words) or (asked and (found or facts.trouble.get("matterType") == "unclear")):
        facts.told = joined(facts.told, words or said.text.strip())
    elif found is not None and not facts.told:
        facts.told = said.text.strip()
    facts.noted = facts.told != before_this


def _found(facts: Facts, said: Utterance) -> Matter | None:
    """The matter in a message; only by phrases if one is known. "I work nights, so call me after my
    shift" tells none."""
    asked = facts.asked == "matterType" and not (facts.news or facts.dropped)
    if facts.matter and facts.matter.sure and not asked:
        found = by_phrases(said, facts.offer)
        return found if found and found.sure else None
    least = _ASKED if asked else _BESIDE_REACH if said.has(REACH) else TELLS
    return recognise(said, facts.offer, least)


def _replaces(found: Matter, facts: Facts) -> bool:
    known = facts.matter
    if known is None:
        return True
    if found.service == known.service:
        return False
    if known.service == facts.offer.general and found.sure and found.taken:
        return True
    return found.taken and (not known.taken or (found.sure and not known.sure))


def corrected(facts: Facts, said: Utterance) -> Matter | None:
    """Another matter, if the client says that it is about that instead."""
    if facts.matter is None or not facts.matter.taken:
        return None
    if said.has("said.corrects") and (left := _instead(facts.matter, facts, said)):
        return left
    labels = {"said.other_matter"} | ({"said.about"} if said.has("said.corrects") else set())
    for one in said.found.get("said", ()):
        if one.label in labels:
            found = by_phrases(said, facts.offer, one.first, said.ends[one.first])
            if found and found.sure and found.service != facts.matter.service:
                return found
    return None


def _instead(known: Matter, facts: Facts, said: Utterance) -> Matter | None:
    """ "Sorry, not divorce, a will": the other matter, where the known one is denied."""
    left = by_phrases(said, facts.offer, 0, len(said.words))
    if left is None or not left.sure or left.service == known.service:
        return None
    denied = (one for one in said.found.get("matter", ()) if is_denied(said, one.first))
    return left if any(service_of(one, facts.offer) == known.service for one in denied) else None


def _general(facts: Facts, said: Utterance, words: str) -> Matter | None:
    """A matter in words that are in no list goes to the team's general service. What is said beside
    a new address, or of one that is taken back, is hardly one."""
    if (facts.news or facts.dropped) and areas_of(said)[NONE] > _NO_MATTER:
        return None
    leaves = not said.labels("said").isdisjoint({"cancel", "bye"})
    if leaves or not says_something(words, said.language.code):
        facts.trouble["matterType"] = "vague"
        return None
    if facts.offer.general is None:
        facts.trouble["matterType"] = "unclear"
        return None
    return Matter(facts.offer.general, taken=True, sure=False)


def hear_urgency(facts: Facts, said: Utterance) -> None:
    """The urgency that the client states; the agent never asks for it. After the end it only
    rises."""
    labels = said.labels("urgent")
    if "high" in labels:
        facts.urgency = "high"
    elif "low" in labels and not facts.settled:
        facts.urgency = "low"
