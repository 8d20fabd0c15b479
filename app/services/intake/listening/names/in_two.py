"""A given name and a family name that are told apart."""

from dataclasses import replace

from app.services.intake.listening.clauses import others_before
from app.services.intake.listening.names.heard import HeardName, labelled, shape_of
from app.services.intake.listening.names.row import clauses, read_row
from app.services.intake.listening.names.shape import Shape, bare
from app.services.intake.listening.names.spelled import spelled
from app.services.intake.listening.utterance import Utterance

_CARD_WORDS = 7


def in_two(said: Utterance) -> HeardName | None:
    """ "First name Maria, last name Gomez"."""
    told = labelled(said, "name.first")  # not "the landlord's first name", "his first name"
    first = next((one for one in told if not others_before(said, said.word_at(one[0]))), None)
    last = next(labelled(said, "name.last"), None)
    own = first is not None
    if first and last is None:
        last = _begins_with_family_name(said, first[0])
    first = first or _on_a_card(said, "card.first")
    last = last or _on_a_card(said, "card.last")
    if first is None or last is None:
        return None
    given = _name_before(said, first[1], last[0])
    family = _name_before(said, last[1], first[0])
    value = spelled(f"{given} {family}") if given and family else None
    end = max(first[1] + len(given), last[1] + len(family))
    return HeardName(value, own, min(first[0], last[0]), end) if value else None


def with_family_name(said: Utterance, heard: HeardName) -> HeardName:
    """ "My name's Faith, last name Hope"."""
    last = next(labelled(said, "name.last"), None)
    if last is None or last[0] < heard.end:
        return heard
    read = read_row(said, last[1])
    family = spelled(" ".join(read.words))
    between = said.text[heard.end : last[0]].strip(" ,.")
    particles = said.language.lists["particles"].union(heard.value.lower().split())
    told = len(read.words) == 1 and bare(read.words[0]) not in particles
    if between or not told or not family:  # "his last name Tyndall", "apellido de casada"
        return heard
    if not Shape([heard.value, *read.words], said.language).likely:
        return heard
    return replace(heard, value=f"{heard.value} {family}", end=read.end)


def family_name(said: Utterance) -> str | None:
    """The family name alone: "my last name is spelled Doh"."""
    last = next(labelled(said, "name.last"), None)
    words = read_row(said, last[1]).words if last else []
    shape = Shape(words, said.language)
    return spelled(words[0]) if len(words) == 1 and shape.possible and not shape.words[0] else None


def _on_a_card(said: Utterance, label: str) -> tuple[int, int] | None:
    """ "First: Dana last: Cho", and hardly more; no "first my job, then my house"."""
    lists = said.language.lists
    told = ":" not in said.text and not lists["acts"].isdisjoint(said.words)
    if told or len(said.words) > _CARD_WORDS:
        return None
    for start, position in labelled(said, label):
        shape = shape_of(said, read_row(said, position))
        told_of = lists["owning"] | lists["kin"] | lists["strangers"]
        named = shape.likely or (":" in said.text and shape.possible)
        if named and told_of.isdisjoint(shape.low):
            return start, position
    return None


def _name_before(said: Utterance, position: int, stop: int) -> str:
    """The name at a position, as far as other words about the name begin."""
    read = read_row(said, position)
    behind = stop if position < stop < read.end else read.end
    words = said.text[position:behind].split()
    while words[1:] and bare(words[-1]) in said.language.lists["after_name"]:
        words.pop()
    return " ".join(words).rstrip(" .,")


def _begins_with_family_name(said: Utterance, behind: int) -> tuple[int, int] | None:
    """ "Tran, my first name is My": the first clause is a word that is none of the language."""
    for start in clauses(said, 1):
        read = read_row(said, start)
        shape = shape_of(said, read)
        alone = not said.text[read.end : behind].strip(" .,;-")
        if len(read.words) == 1 and shape.likely and not any(shape.words) and alone:
            return read.start, read.start
    return None
