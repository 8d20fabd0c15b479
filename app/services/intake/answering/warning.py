"""The first text for a client in danger: whom to call, in one short message."""

import re
from dataclasses import replace

from app.services.intake.answering.firm import Firm
from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.reading import places
from app.services.intake.places.regions import NATION
from app.services.intake.safety import PERHAPS, Danger, emergency_number

_CRISIS_LINE = "988"
_HOTLINE = "1-800-799-7233"


def _country(facts: Facts, said: Utterance) -> str:
    """The client's country, if known or named in this message as a place to be in ("I served in
    Iraq" is none); else the United States."""
    if facts.place and facts.place.country:
        return facts.place.country
    heard = [one for one in places(said, None) if not (one.origin or one.passing)]
    return next((one.place.country for one in heard if one.place.country), NATION)


def warned_of(before: str, facts: Facts, said: Utterance) -> Danger | None:
    """The danger in which our message before named whom to call."""
    if _HOTLINE in before:
        return replace(PERHAPS, violence=True, unclear=False, abuser=True)
    numbers = (emergency_number(_country(facts, said)), _CRISIS_LINE)
    return PERHAPS if any(_names(before, number) for number in numbers) else None


def _names(text: str, number: str) -> bool:
    """As a number to call, and not within one that we repeat: "+1 919-988-1234"."""
    return re.search(rf"(?<![\w$@.+-]){number}(?![\w@-])", text) is not None


def warning(danger: Danger, facts: Facts, said: Utterance, firm: Firm) -> str:
    """The numbers for the client's country; a note about devices if the message names an abuser;
    and that the client may decide whether to continue."""
    country = _country(facts, said)
    number = emergency_number(country)
    at_home = country == NATION
    parts: list[str] = []
    if danger.suicide:
        way = "danger.suicide" if at_home else "danger.suicide_abroad"
        parts.append(firm.say(way, emergency=number, crisis=_CRISIS_LINE))
    elif danger.unclear and at_home:
        parts.append(firm.say("danger.unclear", emergency=number, crisis=_CRISIS_LINE))
    elif danger.violence or danger.unclear:
        parts.append(firm.say("danger.violence", emergency=number))
    if danger.medical and not parts:
        parts.append(firm.say("danger.medical", emergency=number))
    if danger.abuser and at_home:
        parts.append(firm.say("danger.domestic"))
    if danger.child and at_home:
        parts.append(firm.say("danger.child"))
    if danger.abuser:
        parts.append(firm.say("danger.devices"))
    if facts.asked and facts.refused is None:
        parts.append(firm.say("danger.go_on", next=firm.voice.say(f"word.{facts.asked}")))
    elif facts.settled:
        parts.append(firm.say("danger.go_on_done"))
    return " ".join(parts)
