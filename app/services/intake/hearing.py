"""Which values in a message are accepted as facts."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from app.services.intake.facts import Contact, Facts, Unsure
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.emails import likely_meant
from app.services.intake.listening.names import family_name, name_in
from app.services.intake.listening.phones import parse_phone
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.mentions import mentions

_AREA_CODE, _LOCAL = 3, 7
_ALIKE = 0.9
_ALIKE_WORD = 0.7
_ROW = 40
_NAME_WORDS = 4


def speaks_of_others(said: Utterance) -> bool:
    return not said.language.lists["others"].isdisjoint(said.words)


def corrects_own(said: Utterance) -> bool:
    """If the client speaks of others, a value may be theirs; then the client must call it their
    own."""
    return said.has("said.corrects") and not speaks_of_others(said)


def hear_contact(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> None:
    """Accept a value that answers our question or that the client calls their own. If the client
    speaks of other people and neither is true, the value waits until the client confirms it."""
    asked = facts.asks(kind)
    if not heard and not asked and facts.confirming != kind:
        return
    confirmed = _confirmed(facts, said, kind, heard)
    known: str | None = getattr(facts, kind)
    corrects = corrects_own(said) or any(one.whose == "denied" for one in heard)
    corrects = corrects or any(known and _retyped(known, one) for one in heard)
    free = [one for one in heard if one.value and one.whose == "untold"]
    trusted = _own(heard, known, corrects)
    alone = known is None and not speaks_of_others(said) and not facts.settled
    if not trusted and (asked or corrects or alone):
        told = asked and said.has("said.use")  # "use my daughter's: ..."
        trusted = free or [one for one in heard if told and one.value and one.offered]
    trusted = _preferred(trusted)
    trusted = _surely_own(said, trusted, heard) if facts.settled and not asked else trusted
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


def _preferred(trusted: list[Heard]) -> list[Heard]:
    """Of several values, the one to use: "home is ..., but use my cell ..."."""
    return [one for one in trusted if one.offered] or trusted


def _surely_own(said: Utterance, trusted: list[Heard], heard: Sequence[Heard]) -> list[Heard]:
    """After the end, a value in a remark may be anybody's."""
    return trusted if _is_bare(said, heard) else [one for one in trusted if _said_own(said, one)]


def _said_own(said: Utterance, one: Heard) -> bool:
    """Whether the words about a value call it the client's: "my email is", "call me at"."""
    first, behind = said.word_at(one.label[0]), said.word_at(one.label[1])
    label = said.words[first:behind] or said.words
    return one.whose == "own" and not said.language.lists["first_person"].isdisjoint(label)


def _is_bare(said: Utterance, heard: Sequence[Heard]) -> bool:
    """Whether a message has nothing but values and words of correcting: "sorry, it's ..."."""
    lists = said.language.lists
    rest = [
        word
        for word, start in zip(said.words, said.starts, strict=True)
        if not any(one.start <= start < one.end for one in heard)
    ]
    return lists["filler"].union(lists["courtesy"], lists["correcting"]).issuperset(rest)


def _own(heard: Sequence[Heard], known: str | None, corrects: bool) -> list[Heard]:
    """Values that the client calls their own. A correction repeats a known value only to name
    it."""
    own = [one for one in heard if one.value and one.whose == "own"]
    return [] if corrects and any(one.value == known for one in own) else own


def _retyped(known: str, one: Heard) -> bool:
    """The same value without a typing error."""
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
    """Apply the answer to "is that your own?": yes accepts the value, no drops it."""
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
    """Whether only other values and signs are between a value and something already taken."""
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


def _is_fuller(facts: Facts, said: Utterance) -> bool:
    """ "Tiff", and in the next message "Tiffany Moss"."""
    if facts.settled or not facts.name or " " in facts.name:
        return False
    few = 1 < len(said.words) <= _NAME_WORDS
    return few and said.words[0].startswith(facts.name.lower())


def _spelled_anew(known: str | None, value: str) -> str:
    """ "It's Jayne with a y": one word of a known full name, spelled right, keeps the others."""
    words = known.split() if known else []
    if len(words) < 2 or " " in value:
        return value
    alike = [SequenceMatcher(None, word.lower(), value.lower()).ratio() for word in words]
    at = alike.index(max(alike))
    return " ".join([*words[:at], value, *words[at + 1 :]]) if alike[at] >= _ALIKE_WORD else value


def hear_name(facts: Facts, said: Utterance) -> None:
    asked = facts.asks("name")
    corrects = corrects_own(said)
    known = facts.name is not None or facts.asked not in ("name", None)
    retyped = corrects and facts.name is not None and not said.taken and not facts.settled
    retyped = retyped or _is_fuller(facts, said)
    heard = name_in(said, asked=asked or retyped, known=known)
    if heard and retyped and any(one.start < heard.end for one in mentions(said, words_too=True)):
        heard = None
    believed = heard is not None and (
        facts.name is None or heard.own or asked or ((corrects or retyped) and " " in heard.value)
    )
    if heard and believed:
        said.take(heard.start, heard.end)
        before, facts.name = facts.name, _spelled_anew(facts.name, heard.value)
        if before != facts.name:
            facts.learned("name", before=before)
        facts.wrong = None if facts.wrong == "name" else facts.wrong
    elif facts.name and (family := family_name(said)) and " " in facts.name:
        before, facts.name = facts.name, f"{facts.name.rsplit(' ', 1)[0]} {family}"
        facts.learned("name", before=before)
    elif facts.asked == "name" and facts.name is None:
        facts.trouble["name"] = "absent"
