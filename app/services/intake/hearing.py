"""Which of the things that a message holds are believed, and become facts."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from app.services.intake.facts import Contact, Facts, Unsure
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.emails import likely_meant
from app.services.intake.listening.names import name_in
from app.services.intake.listening.phones import parse_phone
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.place import HeardPlace
from app.services.intake.places.reading import places

_AREA_CODE, _LOCAL = 3, 7
_ALIKE = 0.9
_ROW = 40


def speaks_of_others(said: Utterance) -> bool:
    return not said.language.lists["others"].isdisjoint(said.words)


def _corrects(said: Utterance) -> bool:
    """Where others are spoken of, a value may be theirs: then it has to be called the client's."""
    return said.has("said.corrects") and not speaks_of_others(said)


def hear_contact(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> None:
    """A value counts when it answers our question or is said to be the client's own. Where other
    people are spoken of and it is neither, it waits until the client confirms it."""
    asked = facts.asks(kind)
    if not heard and not asked and facts.confirming != kind:
        return
    confirmed = _confirmed(facts, said, kind, heard)
    known: str | None = getattr(facts, kind)
    corrects = _corrects(said) or any(one.whose == "denied" for one in heard)
    corrects = corrects or any(known and _retyped(known, one) for one in heard)
    free = [one for one in heard if one.value and one.whose == "untold"]
    trusted = _own(heard, known, corrects)
    alone = known is None and not speaks_of_others(said) and not facts.settled
    if not trusted and (asked or corrects or alone):
        trusted = free
    for one in heard:
        if one in trusted or (one.value is None and asked):
            one.take_from(said)
    if trusted:
        _believe(facts, kind, trusted[-1 if corrects or known else 0])
    elif confirmed or facts.settled:
        return
    elif known is None and (free or any(one.offered for one in heard)):
        waiting = free or [one for one in heard if one.offered]
        facts.unsure[kind] = Unsure(str(waiting[0].value))
    elif known is None and asked:
        untold = any(one.value is None and one.whose in ("own", "untold") for one in heard)
        facts.trouble[kind] = "invalid" if untold else "absent"
    elif known is None and any(one.value is None and one.whose == "own" for one in heard):
        facts.trouble[kind] = "invalid"


def _own(heard: Sequence[Heard], known: str | None, corrects: bool) -> list[Heard]:
    """The values that are said to be the client's own. In a correction, what is known is said
    again only to name it."""
    own = [one for one in heard if one.value and one.whose == "own"]
    return [] if corrects and any(one.value == known for one in own) else own


def _retyped(known: str, one: Heard) -> bool:
    """The same value with a typing error less."""
    if one.whose != "untold" or one.value in (None, known):
        return False
    return SequenceMatcher(None, known, one.value or "").ratio() >= _ALIKE


def _believe(facts: Facts, kind: Contact, one: Heard) -> None:
    value = str(one.value)
    guess = likely_meant(value) if kind == "email" else None
    doubted = facts.unsure.get("email")
    if guess and not (doubted and doubted.value == value):
        facts.unsure["email"] = Unsure(value, guess)
        facts.trouble.pop("email", None)
        return
    before: str | None = getattr(facts, kind)
    facts.unsure.pop(kind, None)
    if before != value:
        setattr(facts, kind, value)
        facts.learned(kind, before=before)
    if facts.wrong == kind:
        facts.wrong = None


def _confirmed(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> bool:
    """The answer to "is that your own?": yes takes the value, no drops it."""
    doubted = facts.unsure.get(kind)
    if doubted is None or facts.confirming != kind or any(one.value for one in heard):
        return False
    labels = said.labels("said")
    if "no" in labels:
        del facts.unsure[kind]
        return True
    if "yes" in labels:
        del facts.unsure[kind]
        setattr(facts, kind, doubted.guess or doubted.value)
        facts.learned(kind, before=None)
        return True
    return False


def hear_card(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> None:
    """Values that wait, in a row with the client's name or place: "Tom Ruiz, Cary NC, 919-..."."""
    own = sorted(said.taken)
    for one in heard:
        waits = one.value is not None and one.whose == "untold" and one.kind in facts.unsure
        if waits and any(_in_a_row(said, one, span, heard) for span in own):
            _believe(facts, one.kind, one)
            one.take_from(said)


def _in_a_row(said: Utterance, one: Heard, own: tuple[int, int], heard: Sequence[Heard]) -> bool:
    """Whether nothing but other values and signs stands between a value and something taken."""
    first, last = (own[1], one.start) if own[1] <= one.start else (one.end, own[0])
    between = said.text[first:last]
    for other in heard:
        between = between.replace(said.text[other.start : other.end], " ")
    return len(between) <= _ROW and not any(map(str.isalnum, between))


def hear_area_code(facts: Facts, said: Utterance) -> None:
    """A number of seven digits waits for its area code."""
    if facts.phone is not None or not facts.asks("phone"):
        return
    digits = "".join(char for char in said.text if char.isdecimal())
    if facts.local and len(digits) == _AREA_CODE:
        value = parse_phone(digits + facts.local)
        if value:
            facts.phone, facts.local = value, None
            facts.learned("phone", before=None)
            said.take(0, len(said.text))
    elif len(digits) == _LOCAL:
        facts.local = digits
        facts.trouble["phone"] = "area"
    elif len(digits) == _LOCAL + _AREA_CODE and "area" in said.words:
        _beside_area_code(facts, said, digits)


def _beside_area_code(facts: Facts, said: Utterance, digits: str) -> None:
    """ "832-1234, area code 919", or the area code first."""
    code_first = not any(map(str.isdecimal, said.words[: said.words.index("area")]))
    value = parse_phone(digits if code_first else digits[_LOCAL:] + digits[:_LOCAL])
    if value:
        facts.phone = value
        facts.learned("phone", before=None)


def _best(facts: Facts, heard: list[HeardPlace], corrects: bool) -> HeardPlace | None:
    """A place where something merely happened counts only when it settles the question."""
    believed = [
        one
        for one in heard
        if not one.passing
        or (facts.scope.covers(one.place) and not facts.scope.lacks_state(one.place))
    ]
    own = [one for one in believed if one.surely] or [one for one in believed if one.own]
    chosen = own or believed
    return chosen[-1 if corrects else 0] if chosen else None


def hear_place(facts: Facts, said: Utterance) -> None:
    asked = facts.asks("location")
    corrects = _corrects(said)
    best = _best(facts, places(said, "location" if asked else facts.asked), corrects)
    if best is None:
        if asked and facts.place is None:
            facts.trouble["location"] = "state" if facts.city else "absent"
        return
    if facts.place is not None and not (best.place.label and (asked or best.own or corrects)):
        if best.surely and corrects and not facts.settled and best.place.city:
            facts.place, facts.city = None, best.place.city  # another city: in the same state?
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


def hear_name(facts: Facts, said: Utterance) -> None:
    asked = facts.asks("name")
    corrects = _corrects(said)
    known = facts.name is not None or facts.asked not in ("name", None)
    retyped = corrects and facts.name is not None and not said.taken and not facts.settled
    heard = name_in(said, asked=asked or retyped, known=known)
    believed = heard is not None and (
        facts.name is None or heard.own or asked or (corrects and " " in heard.value)
    )
    if heard and believed:
        said.take(heard.start, heard.end)
        before, facts.name = facts.name, heard.value
        if before != heard.value:
            facts.learned("name", before=before)
        facts.wrong = None if facts.wrong == "name" else facts.wrong
    elif facts.asked == "name" and facts.name is None:
        facts.trouble["name"] = "absent"
