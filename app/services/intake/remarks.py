"""What the client says after the intake is complete: a correction, a further matter, or more about
a known one."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.intake import FurtherMatter
from app.services.intake.corrections import speaks_of_others
from app.services.intake.facts import Facts
from app.services.intake.further import agrees, wish_for_further
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import by_phrases, recognise, says_something
from app.services.intake.narrative import corrected
from app.services.intake.notes import REACH, joined, tells, told
from app.services.intake.offers import service_of

_MOST_FURTHER = 10
_DIGITS = 3
_FEWEST_WORDS = 5
_NO_STATEMENT = frozenset({"own", "denied", "name"})
"""Phrases of messages that are about something else than the matter."""
_BESIDE = frozenset(
    {"also", "corrects", "other_matter", "no", "hard", "sad", "about", "another_matter", "needs"}
)
"""Other content of a statement about the matter."""
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
    wish = None if _is_about_contact(said) else wish_for_further(said, facts.offer, _known(facts))
    if wish == "opens" or (awaited and _describes(said)):
        _tell_further(facts, said, words, awaited=awaited)
    elif wish == "asks" and len(facts.further) < _MOST_FURTHER:
        facts.proposed = _matter(facts, said, words)
        facts.added = "ask_further"
    elif _is_detail(facts, said, words):
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


def _known(facts: Facts) -> set[str]:
    """The services of the conversation's matters."""
    first = {facts.matter.service} if facts.matter else set[str]()
    return first | {one.matter_type for one in facts.further if one.matter_type}


def _is_about_contact(said: Utterance) -> bool:
    return not said.labels("said").isdisjoint({"wrong.email", "wrong.phone", "wrong.name"})


def _describes(said: Utterance) -> bool:
    """Whether the answer to "what is the other matter about?" is its description."""
    if said.asks and said.asked:
        return False
    return said.labels("said").isdisjoint(_ENDS) or _tells_act(said)


def _tells_act(said: Utterance) -> bool:
    return any(one.label.startswith("matter.3") for one in said.found.get("matter", ()))


def _matter(facts: Facts, said: Utterance, words: str) -> FurtherMatter:
    """Its service is that of the first act of an area that no known matter is of, if any."""
    known = _known(facts)
    services = [
        service_of(one, facts.offer)
        for one in said.found.get("matter", ())
        if not one.label.startswith("matter.1")
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
    clear = [one for one in found if not one.label.startswith("matter.1")]
    return {service_of(one, facts.offer) for one in clear or found}


def _add(facts: Facts, words: str, services: Collection[str] = ()) -> None:
    """Add words to the latest matter that they fit: of one of the services, if any matter is."""
    known = _known(facts).intersection(services)
    for at in reversed(range(len(facts.further))):
        one = facts.further[at]
        if not known or one.matter_type in known:
            grown = replace(one, description=_joined_once(one.description, words))
            facts.further = (*facts.further[:at], grown, *facts.further[at + 1 :])
            return
    facts.told = _joined_once(facts.told, words)


def _joined_once(kept: str, words: str) -> str:
    return kept if words in kept else joined(kept, words)


def _is_detail(facts: Facts, said: Utterance, words: str) -> bool:
    """Whether the message adds to a matter: marked so, urgent, or an informative statement."""
    labels = said.labels("said")
    if (
        said.others
        or said.has(REACH)
        or (_has_numbers(said) and not said.asks and speaks_of_others(said))
    ):
        return True
    if not said.asks and _tells_act(said) and "cancel" not in labels:
        return _tells_new(facts, said) if "other_matter" in labels else True
    if not says_something(words, said.language.code):
        return False
    if "other_matter" in labels and by_phrases(said, facts.offer) is not None:
        return _tells_new(facts, said)
    if "adds" in labels or "high" in said.labels("urgent") or "danger" in said.found:
        return tells(said, words)
    return _is_statement(facts, said, words)


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
    same = found is not None and found.service in _known(facts)
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
