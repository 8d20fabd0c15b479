"""Which of the things that a message holds are believed, and become facts."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from app.services.intake.contact import Heard
from app.services.intake.facts import Facts
from app.services.intake.matter import Matter, describe, recognise, says_something
from app.services.intake.names import name_in
from app.services.intake.place import HeardPlace, places
from app.services.intake.utterance import Utterance

_OTHER_MATTER = re.compile(
    r"\b(?:actually|instead|correction|i meant?|rather|mistake|wrong)\b[^.?!\n]{0,60}"
    r"\b(?:about|help with|it's|it is|case)\b[^.?!\n]*(?:[.!\n]|$)"
    r"|\b(?:it's|it is|about|help with|case is)\b[^.?!\n]{0,60}\b(?:actually|instead|rather)\b"
)


def hear_contact(
    facts: Facts,
    said: Utterance,
    kind: Literal["email", "phone"],
    found: Iterable[Heard],
    corrects: bool,
) -> None:
    """The first one given; later ones when asked for, said to be the client's, or a correction."""
    heard = list(found)
    asked = facts.asked == kind and not facts.settled
    given = [one for one in heard if one.value]
    known = getattr(facts, kind) is not None
    trusted = [one for one in given if not known or asked or one.own or corrects]
    if trusted:
        own = [one for one in trusted if one.own] or trusted
        setattr(facts, kind, own[-1 if corrects else 0].value)
        facts.learned(kind)
    elif not known and (asked or any(one.own for one in heard)):
        facts.trouble[kind] = "invalid" if heard else "absent"
    for one in heard:
        if one.value or one.own or asked:
            said.cut(one.start, one.end)


def _best(facts: Facts, heard: list[HeardPlace], corrects: bool) -> HeardPlace | None:
    """A place where something merely happened counts only when it settles the question."""
    believed = [
        one
        for one in heard
        if not one.passing
        or (facts.scope.covers(one.place) and not facts.scope.lacks_state(one.place))
    ]
    own = [one for one in believed if one.own] or believed
    return own[-1 if corrects else 0] if own else None


def hear_place(facts: Facts, said: Utterance, corrects: bool) -> None:
    asked = facts.asked == "location" and not facts.settled
    best = _best(facts, places(said, "location" if asked else facts.asked), corrects)
    if best is None:
        if asked and facts.place is None:
            facts.trouble["location"] = "state" if facts.city else "absent"
        return
    if facts.place is not None and not (best.place.label and (asked or best.own or corrects)):
        return
    if not best.passing:
        said.cut(best.start, best.end)
    place = best.place
    if facts.city and not place.city and place.state:
        place = replace(place, city=facts.city)
    if facts.scope.lacks_state(place):
        facts.city = place.city
        facts.trouble["location"] = "state"
        return
    facts.place, facts.city = place, None
    facts.learned("location")


def hear_name(facts: Facts, said: Utterance, corrects: bool) -> None:
    asked = facts.asked if facts.name is None or facts.asked == "name" else "nothing more"
    heard = name_in(said, None if facts.settled else asked)
    believed = heard is not None and (
        facts.name is None or heard.own or asked == "name" or (corrects and " " in heard.value)
    )
    if heard and believed:
        said.cut(heard.start, heard.end)
        facts.name = heard.value
        facts.learned("name")
    elif facts.asked == "name" and facts.name is None:
        facts.trouble["name"] = "absent"


def hear_matter(facts: Facts, said: Utterance) -> None:
    """What was recognised stays, unless the team does not do it or the client takes it back."""
    told = said
    if facts.matter is not None and facts.matter.taken:
        correction = _OTHER_MATTER.search(said.low)
        if not correction:
            return
        told = Utterance(said.text[correction.start() : correction.end()])
    found = recognise(told, facts.offer)
    if found is None and facts.matter is None and facts.asked == "matterType":
        found = _general(facts, said)
    if found is None or (facts.matter is not None and not found.taken):
        return
    if facts.matter is not None and found.service == facts.matter.service:
        return
    facts.matter = found
    facts.description = describe(said) or found.service
    facts.learned("matterType")


def _general(facts: Facts, said: Utterance) -> Matter | None:
    """A matter in words that are in no list: the team's general service takes it."""
    if not says_something(" ".join(said.pieces())):
        facts.trouble["matterType"] = "vague"
        return None
    if facts.offer.general is None:
        facts.trouble["matterType"] = "unclear"
        return None
    return Matter(facts.offer.general, taken=True)
