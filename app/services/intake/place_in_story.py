"""Whether a place is only part of what the client tells."""

from collections.abc import Sequence

from app.services.intake.facts import Facts
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.clauses import begins_clause, ends_clause
from app.services.intake.listening.shares import NONE
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.place import HeardPlace
from app.services.intake.places.towns import is_town

_NO_MATTER = 0.5
_ANSWER = 4
"""Words of a message that is rather an answer."""


def is_of_the_story(
    facts: Facts, said: Utterance, one: HeardPlace, heard: Sequence[HeardPlace]
) -> bool:
    """ "My license is from Mexico", "the bill says 42000", where we ask for the town: a place out
    of the team's scope in a message that tells something else than where the client lives, or also
    a town in its scope."""
    if one.surely or facts.scope.covers(facts.scope.supposed(one.place)):
        return False
    if one.place.zip:
        return not _is_mere_zip(said)
    if len(said.words) <= _ANSWER:
        return False
    ours = any(other.place.state and facts.scope.covers(other.place) for other in heard)
    town = is_town(one.place.city or "") and not (ours or one.passing or one.origin)
    alone = begins_clause(said, one.start) and ends_clause(said, one.end)
    return not (town or alone) and _tells_a_matter(said)


def _is_mere_zip(said: Utterance) -> bool:
    """ "I think 29707", "29707-1234", "zip code: 29707"."""
    lists = said.language.lists
    mere = lists["place_lead"] | lists["courtesy"] | lists["zip_words"] | lists["filler"]
    return all(word in mere or word.isdecimal() for word in said.words)


def _tells_a_matter(said: Utterance) -> bool:
    told = any(not one.label.startswith("matter.1") for one in said.found.get("matter", ()))
    return told or areas_of(said)[NONE] < _NO_MATTER
