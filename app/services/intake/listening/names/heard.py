"""A name as it was heard, and the places where one may follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.services.intake.listening.names.couples import with_partner
from app.services.intake.listening.names.row import Row, behind_spelling
from app.services.intake.listening.names.shape import Shape, bare
from app.services.intake.listening.names.spelled import capitalised, spelled
from app.services.intake.listening.utterance import Utterance

_MOST = 10


@dataclass(frozen=True, slots=True)
class HeardName:
    """`own`: announced as the client's name ("my name is ..."), not merely stated."""

    value: str
    own: bool
    start: int
    end: int


def shape_of(said: Utterance, read: Row) -> Shape:
    """ "May I", "who do I": a question, and no name."""
    last = bare((read.words or [""])[-1])
    asks = read.next in ("i", "we") and last in said.language.lists["asking"]
    return Shape([] if asks else read.words, said.language)


def heard_name(said: Utterance, read: Row, own: bool, start: int) -> HeardName | None:
    """The name that a row of words spells, with a partner's behind it; None if it spells none.

    `start` is the position of the words that lead to it; `own`: they announce it as the client's.
    """
    both = with_partner(said, read)
    value = spelled(said.text[read.start : both.end])
    value = capitalised(value, said.language.lists["particles"]) if value else None
    if value and both.end > read.end:
        value = value.replace(" And ", " and ")
    end = behind_spelling(said, both.end, (read.words or [""])[-1])
    return HeardName(value, own, start, end) if value else None


def labelled(said: Utterance, label: str) -> Iterator[tuple[int, int]]:
    """The start of each phrase of a label in the text, and of the word after it."""
    ends: dict[int, tuple[int, int]] = {}
    for one in said.spans(label):
        if one.behind > ends.get(one.first, (0, 0))[1]:
            ends[one.first] = (one.first, one.behind)
    for first, behind in islice(ends.values(), _MOST):
        if behind < len(said.starts):
            yield said.starts[first], said.starts[behind]
