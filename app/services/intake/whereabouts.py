"""Which place in a message is accepted as the client's."""

from collections.abc import Sequence
from dataclasses import replace

from app.services.intake.corrections import corrects_own
from app.services.intake.facts import Facts
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.names.renamed import ALIKE, likeness, respelled
from app.services.intake.listening.utterance import Utterance
from app.services.intake.place_in_story import is_of_the_story
from app.services.intake.places.cities import spelled
from app.services.intake.places.place import HeardPlace, Place
from app.services.intake.places.reading import places
from app.services.intake.places.regions import NATION
from app.services.intake.places.towns import as_written, is_town, likely_meant
from app.services.intake.town_beside import begins_with_county, with_its_town


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
        home = [one for one in chosen if facts.scope.covers(one.place)]
        away = [one for one in believed if one.own and one.place.state]  # "..., home is Cary, NC"
        chosen = home or [one for one in away if facts.scope.covers(one.place)] or chosen
    return chosen[-1 if corrects else 0] if chosen else None


def _is_the_name(facts: Facts, one: HeardPlace) -> bool:
    """ "Sorry, it's Ana López": the name again, spelled right, and no city."""
    city = one.place.city
    if one.place.state or not (city and facts.name):
        return False
    if " " not in city:  # "Sorry, it's McCready"
        words = facts.name.split()
        return not is_town(city) and any(likeness(word, city) >= ALIKE for word in words)
    if " " not in facts.name and facts.name.lower() in city.lower().split()[0]:
        return True
    return likeness(facts.name, city) >= ALIKE


def _is_of_a_number(facts: Facts, said: Utterance, one: HeardPlace) -> bool:
    """ "My cell is still from Texas, 713-...", "a Texas number", with nothing between; where the
    place is known, also "713-... (it's from Texas)"."""
    if one.place.city or one.surely or facts.scope.covers(one.place):
        return False
    lists, number = said.language.lists, said.word_at(one.start)
    begin = said.starts[sentence_begin(said, number)]
    clause = said.word_at(max(begin, said.text.rfind(",", 0, one.start)))
    before, phones = said.words[clause:number], lists["phones"]
    last = max((at for at, word in enumerate(before) if word in phones), default=0)
    if not (lists["i"] | lists["self"]).isdisjoint(before[last:]):
        return False  # "cell 214-..., I'm from Texas"
    behind = said.words[said.word_at(one.end) :][:1] if said.text[one.end :][:1] == " " else []
    beside = facts.place is not None and "phone" in facts.news and said.is_taken(begin)
    return beside or not phones.isdisjoint([*before, *behind])


def _begins_with_from(said: Utterance, one: HeardPlace) -> bool:
    """ "Moved to Burlington NC from Michigan"."""
    return said.words[said.word_at(one.start)] in said.language.lists["from_words"]


def _is_homeland(facts: Facts, one: HeardPlace) -> bool:
    """ "I'm from Choluteca, Honduras, and my landlord ...": so say clients who live here."""
    country = facts.scope.supposed(one.place).country
    return one.origin and country not in (None, NATION)


def _without_origins(
    facts: Facts, said: Utterance, heard: list[HeardPlace], asked: bool
) -> list[HeardPlace]:
    """Where somebody comes from counts if nothing else does; another country only if we asked, and
    beside it only a place that they call theirs."""
    homelands = [one for one in heard if _is_homeland(facts, one)]
    here = [one for one in heard if not _begins_with_from(said, one) and one not in homelands]
    if homelands and not asked:
        return [one for one in here if one.own]
    return here or heard


def hear_place(facts: Facts, said: Utterance) -> None:
    """Store the client's place, if the message has one, and take its words.

    A known place is replaced only by one with a state or country that the client calls theirs,
    corrects or gives as an answer, and by the town in a known county. After completion, any place
    needs such a sign.
    """
    asked = facts.asks("location") or (facts.place is None and begins_with_county(said))
    corrects = corrects_own(said)
    heard = places(said, "location" if asked else facts.asked, behalf=facts.behalf)
    heard = [one for one in heard if not is_of_the_story(facts, said, one, heard)]
    heard = [one for one in heard if not _is_of_a_number(facts, said, one)]
    named = [one for one in heard if _is_the_name(facts, one)]
    if corrects and (named or (facts.name and respelled(said, facts.name))):
        return  # "Sorry, Jonathan Ruiz, the keyboard": about nothing else
    heard = [one for one in heard if one not in named]
    best = _best(facts, _without_origins(facts, said, heard, asked), corrects)
    if best is None:
        if asked and facts.place is None:
            facts.trouble["location"] = "state" if facts.city else "absent"
        return
    told = asked or best.own or corrects or _is_within(best, facts.place)
    if facts.place is not None and not (best.place.label and told):
        abroad = facts.place.country not in (None, NATION)
        here = facts.refused == "location" and abroad and is_town(best.place.city or "")
        instead = best.surely and (said.has("said.corrects") or here)
        if best.place.city and (instead or facts.wrong == "location"):
            believe_elsewhere(facts, best.place)
        return
    if facts.settled and not (best.own or corrects or asked):
        return
    if not best.passing:
        said.take(best.start, best.end)
    if best.place.is_county or (asked and best.place.state and not best.place.city):
        best = with_its_town(facts, said, best)
    believe_place(facts, best.place)


def _is_within(one: HeardPlace, known: Place | None) -> bool:
    """A town, behind its county or its state alone: "the town is Pembroke NC"."""
    wide = known is not None and (known.is_county or known.city is None)
    here = known is not None and one.place.state == known.state
    town = one.place.city and not one.place.is_county
    return wide and here and bool(town) and not one.passing


def believe_elsewhere(facts: Facts, place: Place) -> None:
    """Another city: in the same state if it surely has one of that name. Otherwise we ask, and
    after the end the known one stays."""
    supposed = facts.scope.supposed(place)
    if facts.place and supposed.state and supposed.state == facts.place.state:
        believe_place(facts, supposed)
    elif not facts.settled:
        facts.place = None
        believe_place(facts, place)


def _without_error(facts: Facts, place: Place) -> Place:
    """ "Charlote, NC": the town of that state, or of the team's, that is surely meant."""
    states = frozenset({place.state}) if place.state else facts.scope.states
    meant = likely_meant(place.city or "", states) if place.city else None
    if meant is None:
        return place
    joint = "-" if "-" in str(place.city) else " "
    return replace(place, city=spelled([joint.join(meant.split())]))


def believe_place(facts: Facts, place: Place) -> None:
    """Store a place, or keep its town until its state is known."""
    place = _without_error(facts, place)
    place = replace(place, city=as_written(place.city)) if place.city else place
    if facts.city and not place.city and place.state:
        place = replace(place, city=facts.city)
    supposed = facts.scope.supposed(place)
    place = supposed if supposed.state is None else place
    facts.supposed = None
    if facts.scope.lacks_state(place):
        facts.supposed = supposed if supposed.state else None
        place = supposed if facts.scope.assumes(supposed) else place
    if facts.scope.lacks_state(place):
        facts.city = place.city
        facts.trouble["location"] = "state"
        return
    before, facts.place, facts.city = facts.place, place, None
    if before != place:
        facts.learned("location", before=before)
