"""A client's name: announced, stated, answered to our question, or alone in the message."""

from dataclasses import replace

from app.services.intake.listening.couples import is_possessive, is_told_of
from app.services.intake.listening.name_alone import (
    row_alone,
    row_behind,
    row_on_a_card,
    row_signed,
)
from app.services.intake.listening.name_announced import (
    announced,
    couple,
    fuller,
    in_two,
    stated,
)
from app.services.intake.listening.name_heard import HeardName, heard_name, shape_of
from app.services.intake.listening.name_row import clauses, read_row
from app.services.intake.listening.name_shape import Shape
from app.services.intake.listening.utterance import Utterance

_MOST_CLAUSES = 6
_IN_NO_NAME = frozenset("{}<>$=*\\^~[]")


def fuller_name(said: Utterance) -> HeardName | None:
    """ "omar benitez rojas" of Omar: all words of a message that begins with the known name."""
    start = next(reversed([*clauses(said, 1)]))
    read = read_row(said, start)
    whole = read.closed and not said.text[read.end :].strip(" .!")
    return heard_name(said, read, False, start) if whole and shape_of(said, read).possible else None


def _here(said: Utterance) -> HeardName | None:
    """ "Priya here": at the beginning, behind a greeting."""
    for start in clauses(said, 2):
        read = read_row(said, start)
        shape = shape_of(said, read)
        unlike_words = len(shape.words) > 1 and not any(shape.words)
        if (
            read.next in said.language.lists["here"]
            and shape.likely
            and (shape.capitals or unlike_words)
        ):
            end = said.low.find(read.next, read.end) + len(read.next)
            found = heard_name(said, read, True, read.start)
            return HeardName(found.value, True, read.start, end) if found else None
    return None


def _answered(said: Utterance) -> HeardName | None:
    """The answer to the question: the first clause that is shaped like a name."""
    if not _IN_NO_NAME.isdisjoint(said.text):
        return None
    both = _last_first(said)
    if both:
        return both
    first = True
    for start in clauses(said, _MOST_CLAUSES):
        read = fuller(said, read_row(said, start))
        shape = shape_of(said, read)
        filler = all(low in said.language.lists["courtesy"] for low in shape.low)  # "duh"
        own = read.closed and not is_possessive(read) and not is_told_of(said, read)
        own = own and not filler
        likely = shape.likely or (shape.titled and read.end == len(said.text.rstrip(" .!")))
        if own and likely and (first or shape.capitals):
            return heard_name(said, read, False, read.start)
        first = first and (filler or start == 0)
    return _insisted(said)


def _insisted(said: Utterance) -> HeardName | None:
    """ "That's it, just Prophet": one word of the language, with a capital, after such words."""
    for one in said.spans("name.insists"):
        if one.behind != len(said.words) - 1:
            continue
        read = read_row(said, said.starts[one.behind])
        shape = Shape(read.words, said.language)
        filler = said.language.lists["filler"].union(said.language.lists["courtesy"])
        if read.closed and shape.possible and shape.capitals and filler.isdisjoint(shape.low):
            return heard_name(said, read, True, read.start)
    return None


def _last_first(said: Utterance) -> HeardName | None:
    """ "Smith, John", and nothing else."""
    left, comma, right = said.text.strip().partition(",")
    words = [left.strip(), right.strip(" .")]
    if not comma or not all(
        word[:1].isupper() and word.strip("'-").replace("'", "").isalpha() for word in words
    ):
        return None
    shape = Shape(words, said.language)
    if said.taken or not shape.possible or any(shape.words):
        return None
    return HeardName(", ".join(words), False, 0, len(said.text))


def name_in(said: Utterance, *, asked: bool, known: bool) -> HeardName | None:
    """`asked`: the last question was for the name. `known`: there is already one, so that only an
    announced or stated name counts."""
    if "name" in said.found or "(" in said.text:
        heard = in_two(said) or couple(said) or announced(said)
        said_so = None if heard and " " in heard.value else stated(said, asked)
        if said_so and heard and " " in said_so.value:  # "I go by Beth, but it's Elizabeth Warner"
            return replace(said_so, own=True)
        if heard or said_so:
            return heard or said_so
    if known and not asked:
        return None
    card = row_on_a_card(said)
    if card:
        return heard_name(said, card, False, card.start)
    heard = None if said.language.lists["here"].isdisjoint(said.words) else _here(said)
    if heard or asked:
        return heard or _answered(said) or announced(said, words_too=True)
    alone = row_alone(said) or row_signed(said) or row_behind(said)
    return heard_name(said, alone, False, alone.start) if alone else None
