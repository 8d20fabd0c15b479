"""Every place in a message that may be the client's."""

from app.services.intake.listening.clauses import begins_clause, ends_clause
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities_alone import cities_alone
from app.services.intake.places.codes import military_address, zip_mentions
from app.services.intake.places.leads import is_origin, lead_to
from app.services.intake.places.mentions import (
    Mention,
    mentions,
)
from app.services.intake.places.place import HeardPlace, Place
from app.services.intake.places.regions import NATION
from app.services.intake.places.towns import is_in, is_town

_SHORT_FORM = 4


def _is_place(said: Utterance, found: Mention, led: bool, asked: str | None) -> bool:
    """Whether a state or a country is meant: `or`, `me` and `Virginia` are words and names too."""
    located = asked == "location"
    ends = ends_clause(said, found.end)
    led_up_to = said.words[: said.word_at(found.start)]  # "yes, NC"
    begins = located and said.language.lists["place_lead"].issuperset(led_up_to)
    stands_alone = ends and (begins or begins_clause(said, found.start))
    if not found.code:
        direct = led or located or bool(found.city and found.joined)
        return not _is_short_word(found) and (direct or (stands_alone and _is_no_name(said, found)))
    answers = located and stands_alone
    if not found.city and not led and found.written.lower() in said.language.lists["courtesy"]:
        return False  # "OK"
    if not found.word_too:
        return led or answers or found.city is not None
    if found.written.isupper() and not (found.city and said.text.isupper()):
        city = found.joined and found.city is not None and said.text[found.start].isupper()
        return led or answers or city
    known = is_in(found.city or "", str(found.region.state))  # not "my boss fired me"
    return (answers and known) or (located and ends and found.city is not None and found.joined)


def _is_no_name(said: Utterance, found: Mention) -> bool:
    """Not "Virginia" or "Bo Georgia"."""
    given = found.written.lower() in said.language.lists["given_too"]
    return not given and (found.city is None or is_town(found.city))


def _is_short_word(found: Mention) -> bool:
    """ "At a car wash": a short form without a capital, behind what is no town of that state."""
    short = found.written.islower() and len(found.written) <= _SHORT_FORM
    state = found.region.state
    return short and bool(found.city and state) and not is_in(str(found.city), str(state))


def _describes(said: Utterance, found: Mention) -> bool:
    """ "My Ohio number", "a Virginia license"."""
    before, behind = said.word_at(found.start) - 1, said.word_at(found.end)
    if found.city or before < 0 or behind >= len(said.words):
        return False
    lists = said.language.lists
    return said.words[before] in lists["owning"] and said.words[behind] in lists["of_a_state"]


def _is_abroad(place: Place) -> bool:
    return place.country not in (None, NATION)


def _is_title(said: Utterance, found: Mention) -> bool:
    """ "Amara Okafor MD": behind a name and not behind a town."""
    titles = said.language.lists["suffixes"]
    return found.written.lower() in titles and not (found.city and is_town(found.city))


def places(said: Utterance, asked: str | None, *, behalf: bool = False) -> list[HeardPlace]:
    """Places with a state or country first; a ZIP code or a city alone only if there are none, or
    only countries ("El Salvador, but I live in Cary").
    `behalf`: the client writes for somebody else, whose home counts as well."""
    located = asked == "location"
    military = military_address(said)
    if military:
        name, start, end = military
        return [HeardPlace.answer(Place(name, None, NATION), start, end)]
    theirs = {one.behind for one in said.spans("place.theirs")} if behalf else set[int]()
    heard = _of(said, mentions(said, words_too=located), asked, theirs)
    heard += _lived_in(said, theirs, heard)
    if any(not _is_abroad(one.place) or (one.surely and not one.origin) for one in heard):
        return heard
    zips = _of(said, zip_mentions(said, asked=located), "location", theirs, zips=True)
    if zips:
        return zips
    cities = list(cities_alone(said, located, theirs, heard))
    return [*heard, *(one for one in cities if one.surely or not heard or heard[0].origin)]


def _lived_in(said: Utterance, theirs: set[int], heard: list[HeardPlace]) -> list[HeardPlace]:
    """ "They sent us here from Texas. I live in Cary": a town in a later sentence, where no place
    before is the client's."""
    if not heard or any(one.own and not one.origin for one in heard):
        return []
    last = said.word_at(heard[-1].end)
    lately = said.language.lists["lately"]
    joints = said.language.lists["joining"] | lately
    since = said.ends[last - 1]
    since = next((at for at in range(last, since) if said.words[at] in joints), since)
    cities = cities_alone(said, False, theirs, heard)
    states = {one.place.state for one in heard if one.place.state}
    return [
        one
        for one in cities
        if (one.surely or said.words[said.word_at(one.start)] in lately)
        and said.word_at(one.start) >= since
        and not any(is_in(str(one.place.city), state) for state in states)
    ]


def _of(
    said: Utterance,
    found: list[Mention],
    asked: str | None,
    theirs: set[int],
    *,
    zips: bool = False,
) -> list[HeardPlace]:
    heard = []
    since = 0
    for one in found:
        lead, begin = lead_to(said, one.start, since)
        lead = "weak" if lead == "others" and said.word_at(one.start) in theirs else lead
        other = _describes(said, one) or (asked == "name" and _is_title(said, one))
        meant = not other and _is_place(said, one, lead != "none", asked)
        if meant or not one.word_too:
            since = said.word_at(one.end)
        if lead == "others" or not meant:
            continue
        code = one.written if zips and not one.city else None
        stated = begins_clause(said, begin)
        own = lead in ("own", "weak") or (asked == "location" and stated)
        # "In California school gave him a teacher": the clause goes on with something else.
        aside = lead == "passing" and not (own or (stated and ends_clause(said, one.end)))
        place, surely = Place.of(one.region, one.city, code), lead == "own"
        origin = is_origin(said, begin, one.start)
        heard.append(
            HeardPlace(place, begin, one.end, own=own, surely=surely, passing=aside, origin=origin)
        )
    return heard
