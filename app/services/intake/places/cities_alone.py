"""Cities without a state: "I live in Charlotte", or a bare answer to the question."""

import re
from collections.abc import Iterator, Sequence

from app.services.intake.languages import Found
from app.services.intake.listening.clauses import ends_clause
from app.services.intake.listening.names.shape import is_word
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities import city_behind
from app.services.intake.places.leads import is_origin, lead_to
from app.services.intake.places.place import HeardPlace, Place
from app.services.intake.places.towns import is_town

_CLAUSE = re.compile(r"[^\W\d_][^,;.!?\n/|]*")
_FEW = 2
_LEADS = frozenset({"place.own", "place.with", "place.passing"})
_NO_TOWN = frozenset({"said.yes", "said.no", "said.ok", "said.thanks"})


def cities_alone(
    said: Utterance, located: bool, theirs: set[int], countries: Sequence[HeardPlace]
) -> Iterator[HeardPlace]:
    """Cities without a state, and not of these countries: "I live in Charlotte", rather than "I'm
    from Charlotte", or a bare answer to the question."""
    abroad = [(one.start, one.end) for one in countries]
    labels = _LEADS | ({"place.others"} if said.has("place.too") else set())
    labels |= {"place.theirs"} if theirs else set()
    leads = [one for one in said.found.get("place", ()) if one.label in labels]
    stated = [heard for one in leads for heard in _stated(said, one, located, abroad)]
    if stated:
        best = next((one for one in stated if not one.origin), stated[0])
        yield best if best.surely or not located else _first_town(said) or best
        return
    for answer in _answers(said) if located else ():
        if not any(first < answer.end and answer.start < behind for first, behind in abroad):
            yield answer


def _first_town(said: Utterance) -> HeardPlace | None:
    """ "Swannanoa, cerca de Asheville": a known town is the first clause of an answer."""
    first = _clause_city(said, 0)
    return first if first and is_town(first.place.city or "") else None


def _stated(
    said: Utterance, one: Found, located: bool, abroad: Sequence[tuple[int, int]]
) -> Iterator[HeardPlace]:
    """The city behind words like "I live in"."""
    if one.behind >= len(said.starts) or one.behind in said.ends[one.first : one.behind]:
        return
    position = said.starts[one.behind]
    if said.is_taken(position) or any(first <= position < behind for first, behind in abroad):
        return
    lists = said.language.lists
    city, end = city_behind(said.text, position, said.language.code)
    lives = not lists["dwelling"].isdisjoint(said.words[one.first : one.behind])
    if city is None or not (located or _is_named(said, position, city, lives=lives)):
        return
    if city.lower() in lists["month"]:
        return  # "we moved in October"
    given = said.words[one.behind] in lists["given_too"]
    if (given or one.label == "place.passing") and not is_town(city):
        return  # "Teresa de Jesús Alvarenga", "I'm Ann Poe in Accounting"
    lead, begin = lead_to(said, position, 0)
    lead = "own" if one.label == "place.theirs" else lead
    told = located or _after_name(said, begin) or said.words[one.first] in lists["lately"]
    if lead == "own" or (lead == "weak" and told):
        origin = is_origin(said, begin, position)
        surely = lead == "own"
        yield HeardPlace(Place(city), begin, end, own=True, surely=surely, origin=origin)


def _answers(said: Utterance) -> Iterator[HeardPlace]:
    """A city alone as an answer; rather a known town: "the outer banks, Nags Head"."""
    start = _answer(said)
    answer = None if start is None else _clause_city(said, start)
    if answer and is_town(answer.place.city or ""):
        yield answer
        return
    answer = answer if answer and _like_a_town(said, answer) else None
    starts = (_past_lead(said, clause.start()) for clause in _CLAUSE.finditer(said.text))
    towns = (_clause_city(said, start) for start in starts)
    known = next((one for one in towns if one and is_town(one.place.city or "")), answer)
    known = known or next(_near(said), None)
    if known:
        yield known


def _near(said: Utterance) -> Iterator[HeardPlace]:
    """Known towns behind words like "between" and "past"."""
    for number, start in enumerate(said.starts):
        if not number or said.words[number - 1] not in said.language.lists["near"]:
            continue
        city, end = city_behind(said.text, start, said.language.code)
        if city and not is_town(city):  # "Apex and Cary"
            city = city.partition(" and ")[0]
            end = start + len(city)
        named = city and is_town(city) and _is_named(said, start, city)
        if named and not said.is_taken(start) and lead_to(said, start, 0)[0] != "others":
            yield HeardPlace.answer(Place(city), start, end)


def _past_lead(said: Utterance, start: int) -> int:
    """Behind words like "near" and "it's in"."""
    lead = said.language.lists["place_lead"]
    number = said.past(said.word_at(start), lead, len(said.words) - 1)
    return said.starts[number] if number < len(said.starts) else start


def _like_a_town(said: Utterance, answer: HeardPlace) -> bool:
    """A town that no list has: capitals, or one or two words that are not about the matter; and no
    question, yes or no."""
    first, behind = said.word_at(answer.start), said.word_at(answer.end)
    asks = any(
        one.first < behind and first < one.behind
        for kind in ("ask", "name")  # "apellido Xol"
        for one in said.found.get(kind, ())
    )
    agrees = any(
        one.first <= first and behind <= one.behind
        for one in said.found.get("said", ())
        if one.label in _NO_TOWN
    )
    if asks or agrees:
        return False
    words = said.words[first:behind]
    capital = said.text[answer.start].isupper()
    return capital or (len(words) <= _FEW and said.language.matter_words.isdisjoint(words))


def _clause_city(said: Utterance, start: int) -> HeardPlace | None:
    """The city that is all of a clause from a position on."""
    city, end = city_behind(said.text, start, said.language.code)
    behind = said.past(said.word_at(end), said.language.lists["lately"])  # "Asheville now"
    end = said.behinds[behind - 1] if city and behind else end
    if not city or not ends_clause(said, end) or said.is_taken(start):
        return None
    return HeardPlace.answer(Place(city), start, end)


def _is_named(said: Utterance, position: int, city: str, *, lives: bool = False) -> bool:
    """A capital, or a known town whose name is no other word: "im in reidsville". `lives`: so say
    the words before, but "sleeping in coats" does not."""
    if said.text[position].isupper():
        return True
    word = said.words[said.word_at(position)]
    known = said.language.knows(word) if lives else is_word(word, said.language)
    return is_town(city) and not known


def _after_name(said: Utterance, position: int) -> bool:
    """ "I'm Jane, from Charlotte": a capital before "from"."""
    number = said.word_at(position)
    return number > 0 and said.text[said.starts[number - 1]].isupper()


def _answer(said: Utterance) -> int | None:
    """The start of the answer after words like "yes, it's in"."""
    number = said.past(0, said.language.lists["place_lead"])
    if number == len(said.words):
        return None
    start = said.starts[number]
    return None if any(map(str.isdigit, said.text[:start])) else start
