"""How phrases are written, and all the ways to say one.

how much (does it|do you) cost|charge     alternatives: of words, of word groups
call me? back                             the word before `?` may be missing
@person .. hit|hits me                    a word list; up to three words in between
^ thanks $                                the sentence begins and ends here
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

GAP: Final = ".."
BEGIN: Final = "^"
END: Final = "$"
_PIECES = re.compile(r"[()?]|[^\s()?]+|\s+")

Slot = frozenset[str] | str
"""The words allowed at one place of a phrase, or one of the signs."""


def expanded(phrase: str, lists: Mapping[str, frozenset[str]]) -> Iterator[tuple[Slot, ...]]:
    """A phrase without optional words and groups: each way to say it."""
    pieces = _PIECES.findall(phrase)
    ways, rest = _sequence(pieces, lists)
    if rest:
        raise ValueError(f"a bracket too many: {phrase}")
    for way in map(_without_last_gap, ways):
        if not any(isinstance(slot, frozenset) for slot in way):
            raise ValueError(f"a phrase without words: {phrase}")
        yield way


def _without_last_gap(way: tuple[Slot, ...]) -> tuple[Slot, ...]:
    return _without_last_gap(way[:-1]) if way and way[-1] == GAP else way


def _sequence(
    pieces: list[str], lists: Mapping[str, frozenset[str]]
) -> tuple[list[tuple[Slot, ...]], list[str]]:
    """The alternatives up to the next closing bracket, and what follows it."""
    items: list[list[tuple[Slot, ...]]] = []
    while pieces:
        piece, pieces = pieces[0], pieces[1:]
        if piece == ")":
            pieces = [piece, *pieces]
            break
        if piece == "(":
            options, pieces = _group(pieces, lists)
            items.append(options)
        elif piece == "?":
            items[-1] = [*items[-1], ()]
        elif not piece.isspace():
            items.append([(_slot(piece, lists),)])
    return [sum(way, ()) for way in product(*items)], pieces


def _group(
    pieces: list[str], lists: Mapping[str, frozenset[str]]
) -> tuple[list[tuple[Slot, ...]], list[str]]:
    """The alternatives of a group, and what follows its bracket. Single words make one slot."""
    ways: list[tuple[Slot, ...]] = []
    single: set[str] = set()
    inside, rest = _options(pieces)
    for option in inside:
        for way in _sequence(_PIECES.findall(option), lists)[0]:
            if len(way) == 1 and isinstance(way[0], frozenset):
                single |= way[0]
            else:
                ways.append(way)
    return ([(frozenset(single),), *ways] if single else ways), rest


def _options(pieces: list[str]) -> tuple[list[str], list[str]]:
    """The alternatives of a group that has begun, and the pieces behind its bracket."""
    options, depth = [""], 1
    for place, piece in enumerate(pieces):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return options, pieces[place + 1 :]
        first, *others = piece.split("|") if depth == 1 else [piece]
        options[-1] += first
        options.extend(others)
    raise ValueError("a bracket is not closed")


def _slot(piece: str, lists: Mapping[str, frozenset[str]]) -> Slot:
    if piece in (GAP, BEGIN, END):
        return piece
    words: set[str] = set()
    for word in piece.split("|"):
        words |= lists[word[1:]] if word.startswith("@") else {word}
    return frozenset(words)
