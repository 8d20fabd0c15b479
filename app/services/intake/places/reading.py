"""Every place in a message that may be the client's."""

from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities_alone import cities_alone
from app.services.intake.places.leads import is_origin, lead_to
from app.services.intake.places.mentions import (
    Mention,
    begins_clause,
    ends_clause,
    mentions,
    military_address,
    zip_mentions,
)
from app.services.intake.places.place import HeardPlace, Place
from app.services.intake.places.regions import NATION
from app.services.intake.places.towns import is_town


def _is_place(said: Utterance, found: Mention, led: bool, asked: str | None) -> bool:
    """Whether a state or a country is meant: `or`, `me` and `Virginia` are words and names too."""
    located = asked == "location"
    ends = ends_clause(said, found.end)
    led_up_to = said.words[: said.word_at(found.start)]  # "yes, NC"
    begins = located and said.language.lists["place_lead"].issuperset(led_up_to)
    stands_alone = ends and (begins or begins_clause(said, found.start))
    if not found.code:
        if led or located or (found.city and found.comma):
            return True
        given = found.written.lower() in said.language.lists["given_too"]
        town = found.city is None or is_town(found.city)
        return stands_alone and town and not given
    answers = located and stands_alone
    if not found.city and not led and found.written.lower() in said.language.lists["courtesy"]:
        return False  # "OK"
    if not found.word_too:
        return led or answers or found.city is not None
    if found.written.isupper():
        city = found.comma and found.city is not None and said.text[found.start].isupper()
        return led or answers or city
    return located and ends and found.city is not None and (found.comma or stands_alone)


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
        return [HeardPlace(Place(name, None, NATION), True, True, False, start, end)]
    theirs = {one.behind for one in said.spans("place.theirs")} if behalf else set[int]()
    heard = _of(said, mentions(said, words_too=located), asked, theirs)
    if any(not _is_abroad(one.place) or (one.surely and not one.origin) for one in heard):
        return heard
    zips = _of(said, zip_mentions(said, asked=located), "location", theirs, zips=True)
    if zips:
        return zips
    cities = list(cities_alone(said, located, theirs, heard))
    return [*heard, *(one for one in cities if one.surely or not heard or heard[0].origin)]


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
        place = Place.of(one.region, one.city, code)
        origin = is_origin(said, begin, one.start)
        heard.append(HeardPlace(place, own, lead == "own", aside, begin, one.end, origin))
    return heard
