"""A town of the team's states within an answer: "I go to ECU, so in Greenville"."""

from collections.abc import Iterator, Set

from app.services.intake.facts import Facts
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.names.shape import is_word
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities import spelled
from app.services.intake.places.leads import lead_to
from app.services.intake.places.place import Place
from app.services.intake.places.reading import places
from app.services.intake.places.towns import is_in, is_town
from app.services.intake.whereabouts import believe_place

_MOST_WORDS = 25
"""A longer sentence tells a story, with towns where something happened."""
_LONGEST_TOWN = 3


def hear_town_within(facts: Facts, said: Utterance) -> None:
    """The only such town counts if we ask for the place and have none, or one that is no town
    ("I'm at Camp Lejeune, live off base in Jacksonville"); not one that the client leaves, or that
    is near another region."""
    no_town = facts.city is not None and not is_town(facts.city)
    if facts.place is not None or not (no_town or (facts.city is None and facts.asks("location"))):
        return
    away = not said.language.lists["away"].isdisjoint(said.words)
    if away or any(one.place.label for one in places(said, "location")):
        return
    found = list(towns_within(facts, said))
    if len({said.low[start:end] for start, end in found}) == 1:
        (start, end), *_ = found
        believe_place(facts, Place(spelled(said.text[start:end].split())))


def towns_within(
    facts: Facts, said: Utterance, also: Set[str] = frozenset()
) -> Iterator[tuple[int, int]]:
    """Where towns of the team's states stand first or behind a word like "in" (or of `also`), at
    the end of a clause or before "and", and not told of others."""
    lead = said.language.lists["town_lead"] | also
    number = 0
    while number < len(said.words):
        led = number == 0 or said.words[number - 1] in lead
        behind = _behind_town(facts, said, number) if led else None
        if behind and _is_meant(said, number, behind):
            yield said.starts[number], said.behinds[behind - 1]
        number = behind or number + 1


def _behind_town(facts: Facts, said: Utterance, first: int) -> int | None:
    """The number of the word behind the longest town that begins there."""
    for behind in range(min(first + _LONGEST_TOWN, said.ends[first]), first, -1):
        written = said.text[said.starts[first] : said.behinds[behind - 1]]
        if any(is_in(written, state) for state in facts.scope.states or ()):
            return behind
    return None


def _is_meant(said: Utterance, first: int, behind: int) -> bool:
    if said.ends[first] - sentence_begin(said, first) > _MOST_WORDS:
        return False
    words, lists = said.words[first:behind], said.language.lists
    plain_words = all(is_word(word, said.language) for word in words)
    named = said.text[said.starts[first]].isupper() or len(words) > 1 or not plain_words
    goes_on = said.words[behind : behind + 1] if behind < said.ends[first] else []
    comma = said.text[said.behinds[behind - 1] : said.behinds[behind - 1] + 1] == ","
    joined = first > 0 and lists["behind_town"].issuperset(goes_on)  # not "Clayton and I are ..."
    ends = comma or not goes_on or joined
    free = ends and not said.is_taken(said.starts[first])
    return named and free and lead_to(said, said.starts[first], 0)[0] != "others"
