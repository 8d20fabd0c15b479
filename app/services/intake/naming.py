"""Which name in a message is accepted as the client's."""

from itertools import dropwhile

from app.services.intake.corrections import corrects_own, speaks_of_others
from app.services.intake.facts import Facts
from app.services.intake.listening.agreement import agreement
from app.services.intake.listening.letters import plain
from app.services.intake.listening.names.alone import begins_with_phone, is_whole, row_last
from app.services.intake.listening.names.client import fuller_name, name_in
from app.services.intake.listening.names.heard import HeardName, heard_name
from app.services.intake.listening.names.in_two import family_name
from app.services.intake.listening.names.of_another import name_of_another, name_of_the_client
from app.services.intake.listening.names.renamed import ALIKE, likeness, longer_form, respelled
from app.services.intake.listening.names.row import read_row
from app.services.intake.listening.utterance import Utterance
from app.services.intake.notes import told
from app.services.intake.places.mentions import mentions
from app.services.intake.places.towns import is_town

_NAME_WORDS = 4
_MOST_SENTENCES, _TOWN_AND_PHONE = 10, 80


def _is_fuller(facts: Facts, said: Utterance) -> bool:
    """ "Tiff", and in the next message "it's Tiffany Moss"."""
    if facts.settled or not facts.name or " " in facts.name:
        return False
    lists = said.language.lists
    lead = lists["courtesy"] | lists["name_lead"]
    words = list(dropwhile(lead.__contains__, said.words))
    few = 1 < len(words) <= _NAME_WORDS
    known = plain(facts.name).lower()
    return few and (known in words[0] or known in words[1:-1])


def _spelled_anew(known: str | None, value: str) -> str:
    """ "It's Jayne with a y": one word of a known full name, spelled right, keeps the others."""
    words = known.split() if known else []
    if len(words) < 2 or " " in value:
        return value
    alike = [likeness(word, value) for word in words]
    at = alike.index(max(alike))
    return " ".join([*words[:at], value, *words[at + 1 :]]) if alike[at] >= ALIKE else value


def _given(known: str) -> str:
    """A name without the family name; a single word is a given name."""
    return known.rsplit(" ", 1)[0]


def _completes(known: str | None, value: str) -> bool:
    """A full name, or one word of the known one spelled differently."""
    return " " in value or any(likeness(word, value) >= ALIKE for word in (known or "").split())


def _heard(facts: Facts, said: Utterance, *, asked: bool, retyped: bool) -> HeardName | None:
    """The client's name as this message tells it, or that of the person for whom they write."""
    told = facts.name is None or said.has("said.for_them")
    them = name_of_the_client(said) if facts.behalf and told else None
    if them:
        facts.represented = True
        return them
    known = facts.name is not None or (facts.asked not in ("name", None) and not facts.refused)
    heard = name_in(said, asked=asked or retyped, known=known)
    heard = heard or (fuller_name(said) if _is_fuller(facts, said) else None)
    heard = heard or (None if known else _beside_town(said))
    heard = heard or _in_another_form(facts, said)
    stated = heard and facts.name is None and not (asked or heard.own)
    if heard and stated and all(map(is_town, heard.value.split(", "))):
        heard = None
    if heard is None and facts.behalf and facts.name is None:
        heard = name_of_another(said, asked=asked)
        facts.represented = heard is not None
    if heard and retyped and any(one.start < heard.end for one in mentions(said, words_too=True)):
        return None
    return heard


def _in_another_form(facts: Facts, said: Utterance) -> HeardName | None:
    """The known name, longer or spelled right; not that of another person."""
    if facts.name is None or speaks_of_others(said):
        return None
    corrected = respelled(said, facts.name) if said.has("said.corrects") else None
    return corrected or longer_form(said, facts.name)


def _beside_town(said: Utterance) -> HeardName | None:
    """A sentence's begin with a town and a phone number behind it: "Ofelia Barragan, Wilmington,
    910-..."."""
    for number in sorted({0, *said.ends} - {len(said.words)})[:_MOST_SENTENCES]:
        read = read_row(said, said.starts[number])
        rest = said.text[read.end : read.end + _TOWN_AND_PHONE].lstrip(" ,")
        town, _, after = rest.partition(",")
        beside = is_town(town.strip()) and begins_with_phone(after.lstrip())
        if beside and is_whole(said, read, cased=False, beside=True):
            return heard_name(said, read, False, read.start)
    return None


def _believe(facts: Facts, value: str) -> None:
    before, facts.name = facts.name, value
    if before != value:
        facts.learned("name", before=before)


def hear_name(facts: Facts, said: Utterance) -> None:
    """Store the client's name if the message answers our question or announces it.

    A known one is replaced only by an announced name, by an answer, or by one that corrects or
    completes it. A name that stands below a message waits in `signed` until the client confirms it.
    """
    asked, corrects = facts.asks("name"), corrects_own(said)
    retyped = corrects and facts.name is not None and not said.taken and not facts.settled
    retyped = retyped or _is_fuller(facts, said)
    heard = _heard(facts, said, asked=asked, retyped=retyped)
    believed = heard is not None and (
        facts.name is None
        or heard.own
        or asked
        or ((corrects or retyped) and _completes(facts.name, heard.value))
    )
    if heard and believed:
        said.take_value(heard.start, heard.end)
        _believe(facts, _spelled_anew(facts.name, heard.value))
    elif facts.name and (family := family_name(said)):
        _believe(facts, f"{_given(facts.name)} {family}")
    elif facts.name is None:
        last = None if speaks_of_others(said) else row_last(said)
        last = None if last and is_town(said.text[last.start : last.end]) else last
        facts.signed = said.text[last.start : last.end] if last else facts.signed
        if facts.asked == "name":
            facts.trouble["name"] = "absent"


def confirm_signed(facts: Facts, said: Utterance, signed: str | None) -> None:
    """Store the name below the message before as the client's, as we asked, if they say yes or go
    on with something else."""
    if signed is None or facts.signed is not signed:
        return
    facts.signed = None
    answer = agreement(said)
    denies = said.language.lists["denies"] | said.language.lists["denying"]
    goes_on = answer is None and denies.isdisjoint(said.words) and (facts.news or told(said))
    if facts.name is None and (answer == "yes" or goes_on):
        _believe(facts, signed)
