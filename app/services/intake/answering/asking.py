"""The next question, the first time and again, and the state that we suppose for a town."""

from app.services.intake.answering.firm import Firm
from app.services.intake.facts import Contact, Facts
from app.services.intake.listening.phones import shown
from app.services.intake.places.place import Place
from app.services.intake.questions import Field, asked_in, own_question

_MANY = 6


def places(facts: Facts, firm: Firm) -> str:
    """The places where the team takes clients, as text."""
    names = facts.scope.names()
    if len(names) > _MANY:
        return firm.voice.say("word.places_many")
    return firm.voice.listed(names, "and")


def services(facts: Facts, firm: Firm, joint: str) -> str:
    return firm.voice.listed(facts.offer.services, joint)


def refusal(facts: Facts, firm: Firm) -> str:
    """Say which places or services the team takes, to a client who is out of its scope."""
    if facts.refused == "location":
        return firm.say("scope.elsewhere", places=places(facts, firm))
    return firm.say("scope.not_offered", services=services(facts, firm, "or"))


def greeting(firm: Firm) -> tuple[str, bool]:
    """The team's own greeting or ours, and whether it already asks for the name."""
    own = firm.text("introMessage")
    if own is None:
        return firm.say("greet.hello"), False
    return own, own.endswith("?") and _asks_for_name(own, firm)


def _asks_for_name(text: str, firm: Firm) -> bool:
    language = firm.voice.language
    asked = own_question(text, language) or asked_in(text, ("name",), language)
    return asked == "name"


def question(facts: Facts, firm: Firm, field: Field, *, fresh: bool) -> str:
    """The question for a fact. `fresh`: not worded as a repeat, because the client said something
    else that was answered."""
    if facts.confirming:
        return _confirmation(facts, firm, facts.confirming)
    if field == "name" and facts.signed:
        return firm.say("confirm.name", value=facts.signed)
    if field == "location" and facts.city:
        return _which_state(facts, firm)
    trouble = facts.trouble.get(field)
    if trouble and not (trouble == "absent" and fresh):
        listed = services(facts, firm, "or")
        return firm.say(f"again.{field}_{trouble}", services=listed)
    return firm.say(f"ask.{field}")


def _confirmation(facts: Facts, firm: Firm, kind: Contact) -> str:
    doubted = facts.unsure[kind]
    value = shown(doubted.value) if kind == "phone" else doubted.value
    if doubted.guess:
        return firm.say("confirm.spelling", value=value, guess=doubted.guess)
    if doubted.instead:
        return firm.say("confirm.instead", value=value)
    whose = "reach" if facts.behalf or doubted.lent else "own"
    return firm.say(f"confirm.{whose}_{kind}", value=value)


def _which_state(facts: Facts, firm: Firm) -> str:
    supposed = facts.supposed
    if supposed is None or supposed.state is None:
        return firm.say("again.location_state")
    return _with_state("again.location_supposed", supposed, firm)


def supposed_town(facts: Facts, firm: Firm) -> str:
    """The state that we suppose for a town is said, so that the client can correct it; "" if the
    last message told no such town."""
    place = facts.place if facts.assumes and "location" in facts.news else None
    if place is None or place.state is None:
        return ""
    return _with_state("thanks.supposed", place, firm)


def _with_state(sentence: str, place: Place, firm: Firm) -> str:
    return firm.say(sentence, city=place.city or "", state=place.state_name)
