"""The end of the intake and the responses after it; the bill is not repeated unless the client
asks."""

from app.services.intake.answering.asking import question
from app.services.intake.answering.feeling import client
from app.services.intake.answering.firm import Firm
from app.services.intake.facts import Facts
from app.services.intake.listening.phones import shown
from app.services.intake.listening.utterance import Utterance


def _contact(facts: Facts) -> dict[str, str]:
    phone = shown(facts.phone) if facts.phone else ""
    return {"email": facts.email or "", "phone": phone}


def created(facts: Facts, firm: Firm) -> str:
    """Names the email and the phone that are used, so that the client can correct them."""
    matter = facts.matter.service if facts.matter else ""
    done = firm.say("done.created", first=client(facts), matter=matter)
    return f"{done} {firm.say('done.used', **_contact(facts))}"


def _changes(facts: Facts, firm: Firm) -> list[str]:
    said = []
    if facts.changed & {"email", "phone"}:
        said.append(firm.say("done.changed", **_contact(facts)))
    if "name" in facts.changed:
        said.append(firm.say("done.changed_name", name=facts.name or ""))
    if "location" in facts.changed:
        said.append(firm.say("done.changed_place", location=facts.collected.location or ""))
    if "matterType" in facts.changed:
        said.append(firm.say("done.changed_matter", matter=facts.collected.matter_type or ""))
    return said


_LABELS = ("paid", "keep", "cancel", "cannot_pay", "thanks", "bye", "ok")
"""Messages after the end with a specific answer; the first match counts."""
_BESIDE_ANSWERS = ("paid", "bye")
"""Topics that are answered in addition to a question."""


def _asks_back(facts: Facts, firm: Firm) -> str:
    if facts.confirming:
        return question(facts, firm, facts.confirming, fresh=True)
    if facts.local:
        return firm.say("again.phone_area")
    return firm.say(f"done.which_{facts.wrong}")


def afterwards(facts: Facts, said: Utterance, firm: Firm, *, answered: bool) -> str:
    """The answer to a message after the end; "" where an answer to a question is enough."""
    changes = _changes(facts, firm)
    if changes:
        return " ".join(changes)
    if facts.confirming or facts.wrong:
        return _asks_back(facts, firm)
    if facts.added == "ask_further":
        fee = firm.fee
        return firm.say("done.ask_further", fee=fee) if fee else firm.say("done.ask_further_free")
    if facts.added:
        return firm.say(f"done.{facts.added}", **_contact(facts))
    labels = said.labels("said")
    said_so = (label for label in _LABELS if label in labels)
    label = next((one for one in said_so if not answered or one in _BESIDE_ANSWERS), None)
    if label is None and answered:
        return ""
    silent = "here" if "hello" in labels or not said.words else "noted"
    return firm.say(f"done.{label or silent}", first=client(facts))
