"""Which place in a message is accepted as the client's."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from app.services.intake.facts import Facts
from app.services.intake.hearing import corrects_own
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.place import HeardPlace
from app.services.intake.places.reading import places

_LIKE_A_NAME = 0.7


def _best(facts: Facts, heard: Sequence[HeardPlace], corrects: bool) -> HeardPlace | None:
    """A place where something merely happened counts only if it answers the question."""
    believed = [
        one
        for one in heard
        if not one.passing
        or (facts.scope.covers(one.place) and not facts.scope.lacks_state(one.place))
    ]
    own = [one for one in believed if one.surely] or [one for one in believed if one.own]
    chosen = own or believed
    if corrects:
        chosen = [one for one in believed if not one.passing] or chosen
    else:  # "I'm in Italy right now, but my home is Cary, NC"
        chosen = [one for one in chosen if facts.scope.covers(one.place)] or chosen
    return chosen[-1 if corrects else 0] if chosen else None


def _is_the_name(facts: Facts, one: HeardPlace) -> bool:
    """ "Sorry, it's Ana López": the name again, spelled right, and no city."""
    city = one.place.city
    if one.place.state or not (city and facts.name and " " in city):
        return False
    if " " not in facts.name and city.lower().startswith(facts.name.lower()):
        return True
    alike = SequenceMatcher(None, facts.name.lower(), city.lower())
    return alike.ratio() >= _LIKE_A_NAME


def hear_place(facts: Facts, said: Utterance) -> None:
    asked = facts.asks("location")
    corrects = corrects_own(said)
    heard = places(said, "location" if asked else facts.asked)
    best = _best(facts, [one for one in heard if not _is_the_name(facts, one)], corrects)
    if best is None:
        if asked and facts.place is None:
            facts.trouble["location"] = "state" if facts.city else "absent"
        return
    if facts.place is not None and not (best.place.label and (asked or best.own or corrects)):
        if best.surely and corrects and not facts.settled and best.place.city:
            facts.place, facts.city = None, best.place.city  # another city: in the same state?
            facts.trouble["location"] = "state"
        return
    if facts.settled and not (best.own or corrects or asked):
        return
    if not best.passing:
        said.take(best.start, best.end)
    _believe_place(facts, best)


def _believe_place(facts: Facts, best: HeardPlace) -> None:
    place = best.place
    if facts.city and not place.city and place.state:
        place = replace(place, city=facts.city)
    if facts.scope.lacks_state(place):
        facts.city = place.city
        facts.trouble["location"] = "state"
        return
    before, facts.place, facts.city = facts.place, place, None
    if before != place:
        facts.learned("location", before=before)
