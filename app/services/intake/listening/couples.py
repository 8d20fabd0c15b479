"""Two names for one intake: "we are John and Mary Sutton"."""

import re
from dataclasses import replace

from app.services.intake.listening.name_row import Row, read_row
from app.services.intake.listening.name_shape import Shape
from app.services.intake.listening.utterance import Utterance

_AND = re.compile(r"[ \t]{0,3}(?:and|&|\+|y|e)[ \t]{1,3}", re.IGNORECASE)


def is_possessive(read: Row) -> bool:
    return any(word.lower().endswith(("'s", "s'")) for word in read.words)


def is_told_of(said: Utterance, read: Row) -> bool:
    """ "Bob Stanton is my manager" names somebody else; "Amy Poe is my name" names the client."""
    number = said.word_at(read.end)
    behind, lists = said.words[number : number + 3], said.language.lists
    return bool(behind) and behind[0] in lists["tells_of"] and lists["self"].isdisjoint(behind)


def with_partner(said: Utterance, read: Row) -> Row:
    """The name together with a second one behind "and"; else the name alone, as in "Ann Lee, and
    Bob is my boss". Without capitals the second must be a full name."""
    match = _AND.match(said.text, read.end)
    if match is None:
        return read
    second = read_row(said, match.end())
    shape = Shape(second.words, said.language)
    full = len(second.words) > 1 and not any(shape.words)
    follows = second.closed and not second.tells_more and not is_told_of(said, second)
    if not (follows and shape.likely and (shape.capitals or full)) or is_possessive(second):
        return read
    return replace(
        read,
        words=[*read.words, *second.words],
        end=second.end,
        closed=True,
        next=second.next,
    )
