"""Towns that nothing announces: alone in a message, in a row, or instead of the known one."""

import re
from collections.abc import Iterator

from app.services.intake.corrections import corrects_own
from app.services.intake.facts import Facts
from app.services.intake.listening.letters import plain
from app.services.intake.listening.utterance import Utterance
from app.services.intake.notes import EDGES, pieces
from app.services.intake.places.cities import spelled
from app.services.intake.places.place import Place
from app.services.intake.places.towns import is_town
from app.services.intake.town_beside import stripped
from app.services.intake.town_within import towns_within
from app.services.intake.whereabouts import believe_elsewhere, believe_place

_SEPARATOR = re.compile(r"[,/|;\n]|[.!?](?:\s|$)")
_MOST_IN_ROW, _LONGEST_TOWN = 10, 60
_MOST_WORDS = 3


def _next_in_row(said: Utterance) -> tuple[int, int] | None:
    """Where a known town stands between two separators directly behind something extracted."""
    for _, behind in sorted(said.taken)[:_MOST_IN_ROW]:
        start = behind + len(said.text[behind:]) - len(said.text[behind:].lstrip(" \t"))
        first = _SEPARATOR.match(said.text, start)
        second = _SEPARATOR.search(said.text, first.end()) if first else None
        end = second.start() if second else len(said.text)
        town = stripped(said.text, first.end(), end, EDGES) if first else None
        if town and town[1] - town[0] <= _LONGEST_TOWN and is_town(said.text[slice(*town)]):
            return town
    return None


def _only_town(said: Utterance) -> tuple[int, int] | None:
    """Where a known town stands that is all besides what was extracted."""
    free = [stripped(said.text, *one, EDGES) for one in pieces(said, 0, len(said.text))]
    left = [span for span in free if span]
    return left[0] if len(left) == 1 and is_town(said.text[slice(*left[0])]) else None


def hear_town_beside(facts: Facts, said: Utterance) -> None:
    """ "Bryce Coleman / Wake Forest": a known town is all that a message has besides what was
    extracted, or the next in the row."""
    if facts.place is not None or facts.city is not None:
        return
    town = _only_town(said) or _next_in_row(said)
    if town:
        said.take(*town)
        believe_place(facts, Place(spelled(said.text[slice(*town)].split())))


def hear_town_early(facts: Facts, said: Utterance) -> None:
    """ "High Point", where we ask for the name: a town of the team's states alone, in two words
    that are hardly a person's name."""
    written = said.text.strip(EDGES)
    near = said.words[:1] and said.words[0] in said.language.lists["near"]  # "in raleigh"
    town = written.partition(" ")[2] if near else written
    alone = is_town(town) and (near or " " in town)
    if facts.place is not None or facts.city is not None or not alone:
        return
    place = Place(spelled(town.split()))
    named = said.words[0] in said.language.lists["given_too"]
    if not named and facts.scope.supposed(place).state:
        said.take(0, len(said.text))
        believe_place(facts, place)


def hear_town_instead(facts: Facts, said: Utterance) -> None:
    """ "It's Cary, not Raleigh", "sorry, it's High Point now", "change the city, we moved to Cary",
    "the town is Plymouth" behind a county: another town than the known one."""
    place = facts.place
    known = place.city if place else None
    if place is None or known is None or "location" in facts.news:
        return
    near = _beside_denied(said, known)
    if corrects_own(said) and said.has("said.wrong.location"):
        found = towns_within(facts, said, said.language.lists["to"])
        near += [said.text[start:end] for start, end in found]
    if (said.has("said.corrects") and "location" in facts.latest) or place.is_county:
        near += [one for one in _alone(said) if _is_in_the_state(facts, one)]
    town = next((one for one in near if is_town(one) and one.lower() != known.lower()), None)
    if town:
        said.take(0, len(said.text))
        believe_elsewhere(facts, Place(spelled(town.split())))


def _is_in_the_state(facts: Facts, town: str) -> bool:
    """ "Cut off" is a town too, but in Louisiana."""
    state = facts.scope.supposed(Place(spelled(town.split()))).state
    return facts.place is not None and state is not None and state == facts.place.state


def _beside_denied(said: Utterance, known: str) -> list[str]:
    denied = _denied(said, known)
    if denied is None:
        return []
    last = _without_lately(said, said.text[: denied[0]].rstrip(" ,;.").split())[-_MOST_WORDS:]
    rest = said.text[denied[1] :].lstrip(" ,;.").partition(",")[0].strip(EDGES)
    return [*(" ".join(last[at:]) for at in range(len(last))), rest]


def _alone(said: Utterance) -> Iterator[str]:
    """What is left of each clause without words like "it's" and "now"."""
    lead = said.language.lists["place_lead"] | said.language.lists["lately"]
    for clause in _SEPARATOR.split(said.text):
        words = clause.strip(EDGES + "!?").split()
        while words and words[0].lower() in lead:
            words.pop(0)
        yield " ".join(_without_lately(said, words))


def _without_lately(said: Utterance, words: list[str]) -> list[str]:
    """ "High Point now"."""
    while words and words[-1].lower() in said.language.lists["lately"]:
        words.pop()
    return words


def _denied(said: Utterance, town: str) -> tuple[int, int] | None:
    """The place of "not" and a town in the text."""
    words = plain(town.lower()).split()
    for first in range(1, len(said.words)):
        behind = first + len(words)
        if said.words[first:behind] == words:
            if said.words[first - 1] in said.language.lists["denying"]:
                return said.starts[first - 1], said.behinds[behind - 1]
            return None
    return None
