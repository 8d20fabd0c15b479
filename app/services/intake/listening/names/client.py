"""The client's name: announced, stated, answered to our question, or alone in the message."""

from dataclasses import replace

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.names.alone import (
    acts_there,
    row_alone,
    row_behind,
    row_on_a_card,
    row_signed,
)
from app.services.intake.listening.names.announced import announced, couple, stated
from app.services.intake.listening.names.answered import answered, last_first
from app.services.intake.listening.names.heard import HeardName, heard_name, shape_of
from app.services.intake.listening.names.in_two import in_two
from app.services.intake.listening.names.row import clauses, read_row
from app.services.intake.listening.names.shape import Shape
from app.services.intake.listening.utterance import Utterance

_SHORTEST = 3


def fuller_name(said: Utterance) -> HeardName | None:
    """ "omar benitez rojas" of Omar: all words of a message that begins with the known name."""
    start = next(reversed([*clauses(said, 1)]))
    read = read_row(said, start)
    whole = read.closed and not said.text[read.end :].strip(" .!")
    return heard_name(said, read, False, start) if whole and shape_of(said, read).possible else None


def _here(said: Utterance) -> HeardName | None:
    """ "Priya here": at the beginning, behind a greeting, or at the end of a story."""
    for start in (*clauses(said, 2), said.starts[sentence_begin(said, len(said.words) - 1)]):
        read = read_row(said, start)
        shape = shape_of(said, read)
        unlike_words = len(shape.words) > 1 and not any(shape.words)
        if (
            read.next in said.language.lists["here"]
            and shape.likely
            and (shape.capitals or unlike_words)
            and not acts_there(said, read)
            and set(shape.low).isdisjoint(said.words[: said.word_at(start)])
        ):
            end = said.low.find(read.next, read.end) + len(read.next)
            found = heard_name(said, read, True, read.start)
            return HeardName(found.value, True, read.start, end) if found else None
    return None


def _only_word(said: Utterance) -> HeardName | None:
    """ "Ravi" is the whole of a message: no word of the language, and no typing error of one."""
    read = read_row(said, 0)
    shape = Shape(read.words, said.language)
    greeting = not said.language.lists["courtesy"].isdisjoint(said.words)
    whole = len(said.words) == 1 and read.closed and said.words == shape.low and not greeting
    unlike = whole and shape.likely and not (shape.rarer or any(shape.words))
    return heard_name(said, read, False, 0) if unlike and len(said.words[0]) >= _SHORTEST else None


def name_in(said: Utterance, *, asked: bool, known: bool) -> HeardName | None:
    """`asked`: the last question was for the name. `known`: there is already one, so that only an
    announced or stated name counts."""
    if not {"name", "card"}.isdisjoint(said.found) or "(" in said.text:
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
        return heard or answered(said) or announced(said, words_too=True)
    alone = row_alone(said) or row_signed(said) or row_behind(said)
    heard = heard_name(said, alone, False, alone.start) if alone else None
    return heard or last_first(said) or _only_word(said)
