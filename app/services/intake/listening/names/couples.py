"""Two names for one intake: "we are John and Mary Sutton"."""

import re
from dataclasses import replace

from app.services.intake.listening.emails import is_in_an_address
from app.services.intake.listening.names.row import Row, read_row
from app.services.intake.listening.names.shape import Shape
from app.services.intake.listening.utterance import Utterance

_AND = re.compile(r"[ \t]{0,3}(?:and|&|\+|y|e)[ \t]{1,3}", re.IGNORECASE)


def is_possessive(read: Row) -> bool:
    return any(word.lower().endswith(("'s", "s'")) for word in read.words)


def is_told_of(said: Utterance, read: Row) -> bool:
    """ "Bob Stanton is my manager" names somebody else; "Amy Poe is my name" names the client."""
    number = said.word_at(read.end)
    while number < len(said.words) and _is_in_a_value(said, said.starts[number]):
        number += 1
    behind, lists = said.words[number : number + 3], said.language.lists
    if not behind or said.ends[said.word_at(read.start)] <= number:
        return False
    if said.written(number) in lists["acts"]:
        return True
    return behind[0] in lists["tells_of"] and lists["self"].isdisjoint(behind)


def _is_in_a_value(said: Utterance, position: int) -> bool:
    """Whether a word is part of a number or an address: "Bob Stanton, 919-..., owes me"."""
    return said.text[position].isdecimal() or is_in_an_address(said.text, position)


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
