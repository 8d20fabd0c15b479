"""What the client says after the intake is complete: a correction, a further matter, or more about
a known one."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.intake import FurtherMatter
from app.services.intake.additions import is_detail, tells_act
from app.services.intake.facts import Facts
from app.services.intake.further import agrees, wish_for_further
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import by_phrases, recognise, says_something
from app.services.intake.narrative import corrected
from app.services.intake.notes import joined, tells, told
from app.services.intake.offers import is_more_than_hint, service_of

_MOST_FURTHER = 10
_ENDS = frozenset({"no", "cancel", "bye", "paid", "thanks"})
"""Answers other than the description of a further matter."""


def hear_more(facts: Facts, said: Utterance) -> None:
    """If the message changed a fact, it is about nothing else but what belongs to others. An email
    or phone that waits for a yes, or got a no, is no remark."""
    if facts.unsure or facts.added == "kept":
        return
    words = told(said)
    awaited, facts.awaits_further = facts.awaits_further, False
    if _answers_proposal(facts, said, words):
        return
    if facts.changed:
        if said.others:
            _add(facts, words)
        return
    instead = corrected(facts, said)
    if instead:
        before, facts.matter = facts.matter, instead
        facts.learned("matterType", before=before)
        facts.told = words or said.text.strip()
        return
    wish = None if _is_about_contact(said) else wish_for_further(said, facts.offer, facts.services)
    if wish == "opens" or (awaited and _describes(said)):
        _tell_further(facts, said, words, awaited=awaited)
    elif wish == "asks" and len(facts.further) < _MOST_FURTHER:
        facts.proposed = _matter(facts, said, words)
        facts.added = "ask_further"
    elif is_detail(facts, said, words):
        _add(facts, words or said.text.strip(), _services(facts, said))
        facts.added = "added"


def _answers_proposal(facts: Facts, said: Utterance, words: str) -> bool:
    """Open the proposed matter if the client agrees. Otherwise its words are a remark; they are
    added only now, because a record that has them would be taken for the proposed matter."""
    proposed, facts.proposed = facts.proposed, None
    if proposed is None:
        return False
    if agrees(said) and not facts.changed:
        _open(facts, replace(proposed, description=_with(proposed.description, said, words)))
        return True
    _add(facts, proposed.description)
    declined = not said.labels("said").isdisjoint({"no", "cancel"})
    if declined and not says_something(words, said.language.code):
        facts.added = "added"
        return True
    return False


def _is_about_contact(said: Utterance) -> bool:
    return any(label.startswith("wrong.") for label in said.labels("said"))


def _describes(said: Utterance) -> bool:
    """Whether the answer to "what is the other matter about?" is its description."""
    if said.asks and said.asked:
        return False
    return said.labels("said").isdisjoint(_ENDS) or tells_act(said)


def _matter(facts: Facts, said: Utterance, words: str) -> FurtherMatter:
    """Its service is that of the first act of an area that no known matter is of, if any."""
    known = facts.services
    services = [
        service_of(one, facts.offer)
        for one in said.found.get("matter", ())
        if is_more_than_hint(one)
    ]
    new = [service for service in services if service not in known]
    found = recognise(said, facts.offer)
    service = new[0] if new else found.service if found else facts.offer.general
    return FurtherMatter(facts.heard, words or said.text.strip(), service)


def _tell_further(facts: Facts, said: Utterance, words: str, *, awaited: bool) -> None:
    found = by_phrases(said, facts.offer)
    if found is None and not says_something(words, said.language.code):
        facts.awaits_further = not awaited
        facts.added = "tell_further" if facts.awaits_further else None
        return
    _open(facts, _matter(facts, said, words))


def _open(facts: Facts, one: FurtherMatter) -> None:
    """Beyond the most that a conversation may file, its words are an addition to the last one."""
    if len(facts.further) < _MOST_FURTHER:
        facts.further = (*facts.further, one)
        facts.added = "further"
    else:
        *others, last = facts.further
        facts.further = (
            *others,
            replace(last, description=joined(last.description, one.description)),
        )
        facts.added = "added"


def _with(kept: str, said: Utterance, words: str) -> str:
    return joined(kept, words) if tells(said, words) else kept


def _services(facts: Facts, said: Utterance) -> set[str]:
    """The services for what a message is about; hints count if there is nothing else."""
    found = said.found.get("matter", ())
    clear = [one for one in found if is_more_than_hint(one)]
    return {service_of(one, facts.offer) for one in clear or found}


def _add(facts: Facts, words: str, services: Collection[str] = ()) -> None:
    """Add words to the latest matter that they fit: of one of the services, if any matter is."""
    known = facts.services.intersection(services)
    for at in reversed(range(len(facts.further))):
        one = facts.further[at]
        if not known or one.matter_type in known:
            grown = replace(one, description=_joined_once(one.description, words))
            facts.further = (*facts.further[:at], grown, *facts.further[at + 1 :])
            return
    facts.told = _joined_once(facts.told, words)


def _joined_once(kept: str, words: str) -> str:
    return kept if words in kept else joined(kept, words)
