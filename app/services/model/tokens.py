"""The words of a text as they are spelled, to find one text in another."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.services.intake.listening.letters import cleaned, lower, plain

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


class Token(NamedTuple):
    """`plain` is lower case without accents; `start` and `end` are places in the text."""

    text: str
    plain: str
    start: int
    end: int


def spelled_tokens(text: str) -> list[Token]:
    found = _TOKEN.finditer(cleaned(text))
    return [Token(one[0], plain(lower(one[0])), one.start(), one.end()) for one in found]


def runs(words: Sequence[str], tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Each place where the words stand one directly after the other."""
    for at in range(len(tokens)):
        found = tokens[at : at + len(words)]
        if found and [token.plain for token in found] == list(words):
            yield found
