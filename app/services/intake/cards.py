"""Values that wait for an owner and stand where only the client's own can: on the client's card."""

from collections.abc import Sequence

from app.services.intake.facts import Facts, Unsure
from app.services.intake.hearing import believe
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.contact import Heard, besides_values, without_values
from app.services.intake.listening.letters import plain
from app.services.intake.listening.utterance import Utterance

_ROW = 40
_INITIAL = 2
"""Letters of a name that may stand in anybody's address."""


def hear_card(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> None:
    """Values that wait, in a row with the client's name or place: "Tom Ruiz, Cary NC, 919-...", or
    in a message that introduces the client, in a sentence of their own."""
    own = sorted(said.taken)
    introduced = not facts.news.isdisjoint({"name", "location"})
    named = {one.start for one in heard if _bears_the_name(facts, said, one)}
    for one in heard:
        doubted = facts.unsure.get(one.kind)
        waits = doubted is not None and doubted == Unsure(str(one.value))
        row = introduced and any(_in_a_row(facts, said, one, span, heard) for span in own)
        beside = any(_in_a_row(facts, said, one, (start, start), heard) for start in named)
        if (
            waits
            and one.whose == "untold"
            and (row or beside or (introduced and _stands_alone(said, one, heard)))
        ):
            believe(facts, one.kind, one)
            one.take_from(said)


def _bears_the_name(facts: Facts, said: Utterance, one: Heard) -> bool:
    """ "takisha.brunson@x.com" of Takisha Brunson, of which the client says nothing else ("is the
    shop's")."""
    behind = said.words[(number := said.word_at(one.end)) : number + 1]
    if not said.language.lists["tells_of"].isdisjoint(behind):
        return False
    given = plain(facts.name or "").lower().split()[:1]
    alike = one.kind == "email" and one.value is not None and one.whose == "untold"
    return alike and any(len(word) > _INITIAL and word in str(one.value) for word in given)


def _stands_alone(said: Utterance, one: Heard, heard: Sequence[Heard]) -> bool:
    """Whether the value's sentence has nothing but values, and no name ends the one before."""
    number = said.word_at(one.start)
    first = sentence_begin(said, number)
    last = said.behinds[said.ends[number] - 1]
    between = without_values(said, said.starts[first], last, heard)
    if any(map(str.isalnum, between)) or first == 0:
        return False
    before = said.starts[first - 1]
    named = said.text[before].isupper() and not said.language.knows(said.words[first - 1])
    return not named or said.is_taken(before)


def _lives(said: Utterance) -> bool:
    """ "I live in Shelby, tel 704-..."."""
    dwelling = said.language.lists["dwelling"]
    return any(
        not dwelling.isdisjoint(said.words[one.first : one.behind])
        for one in said.spans("place.own")
    )


def _in_a_row(
    facts: Facts, said: Utterance, one: Heard, own: tuple[int, int], heard: Sequence[Heard]
) -> bool:
    """Whether only other values, labels ("number is") and signs are between a value and something
    already taken."""
    first, last = (own[1], one.start) if own[1] <= one.start else (one.end, own[0])
    between = without_values(said, first, last, heard)
    labels = said.language.lists["labels"] if facts.name or _lives(said) else frozenset()
    rest = besides_values(said, range(said.word_at(first), said.word_at(last)), heard)
    return len(between) <= _ROW and all(said.words[at] in labels for at in rest)
