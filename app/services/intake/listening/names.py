"""A client's name: announced, stated, answered to our question, or alone in the message."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from app.services.intake.listening.couples import is_possessive, is_told_of, with_partner
from app.services.intake.listening.name_alone import (
    row_alone,
    row_behind,
    row_on_a_card,
    row_signed,
)
from app.services.intake.listening.name_row import Row, behind_spelling, clauses, read_row
from app.services.intake.listening.name_shape import Shape, bare, capitalised, spelled
from app.services.intake.listening.owners import sentence_begin
from app.services.intake.listening.utterance import Utterance

_MOST, _MOST_CLAUSES = 10, 6
_IN_NO_NAME = frozenset("{}<>$=*\\^~[]")


@dataclass(frozen=True, slots=True)
class HeardName:
    """`own`: announced as the client's name ("my name is ..."), not merely stated."""

    value: str
    own: bool
    start: int
    end: int


def _shape(said: Utterance, read: Row) -> Shape:
    """ "May I", "who do I": a question, and no name."""
    last = bare((read.words or [""])[-1])
    asks = read.next in ("i", "we") and last in said.language.lists["asking"]
    return Shape([] if asks else read.words, said.language)


def _name(said: Utterance, read: Row, own: bool, start: int) -> HeardName | None:
    both = with_partner(said, read)
    value = spelled(said.text[read.start : both.end])
    value = capitalised(value, said.language.lists["particles"]) if value else None
    if value and both.end > read.end:
        value = value.replace(" And ", " and ")
    end = behind_spelling(said, both.end, (read.words or [""])[-1])
    return HeardName(value, own, start, end) if value else None


def _couple(said: Utterance) -> HeardName | None:
    """ "We are John and Mary Sutton"; "we are Black and Mexican" has no second name."""
    for start, position in _labelled(said, "name.both"):
        read = read_row(said, position)
        both = with_partner(said, read)
        if both.end > read.end and _shape(said, read).likely:
            return _name(said, read, True, start)
    return None


def _fuller(said: Utterance, read: Row) -> Row:
    """ "Sarah, Sarah Connor", "Bri (Brianna Tate)": the name that follows directly, if it begins
    with the first one."""
    behind = said.text[read.end :]
    again = read_row(said, read.end + len(behind) - len(behind.lstrip(",. (")))
    alike = len(read.words) == 1 and len(again.words) > 1
    return again if alike and bare(again.words[0]).startswith(bare(read.words[0])) else read


def _labelled(said: Utterance, label: str) -> Iterator[tuple[int, int]]:
    """The start of each phrase of a label in the text, and of the word after it."""
    ends: dict[int, tuple[int, int]] = {}
    for one in said.spans(label):
        if one.behind > ends.get(one.first, (0, 0))[1]:
            ends[one.first] = (one.first, one.behind)
    for first, behind in islice(ends.values(), _MOST):
        if behind < len(said.starts):
            yield said.starts[first], said.starts[behind]


def _announced(said: Utterance, *, words_too: bool = False) -> HeardName | None:
    """Rather a full name: "call me Dub, legal name William Dubois". `words_too`: also a word of the
    language with a capital, "the name is Bond"."""
    found: HeardName | None = None
    for start, position in _labelled(said, "name.announced"):
        read = _fuller(said, read_row(said, position))
        shape = _shape(said, read)
        word = words_too and shape.capitals and read.closed
        told = shape.possible and (word or not all(shape.words))
        if (shape.likely or told) and not is_possessive(read):
            heard = _name(said, read, True, start)
            found = heard if found is None or (heard and " " in heard.value) else found
            if heard and " " in heard.value:
                break
    return _with_family_name(said, found) if found else None


def _with_family_name(said: Utterance, heard: HeardName) -> HeardName:
    """ "My name's Faith, last name Hope"."""
    last = next(_labelled(said, "name.last"), None)
    read = read_row(said, last[1]) if last and last[0] >= heard.end else None
    if (
        read is None
        or " " in heard.value
        or not Shape([heard.value, *read.words], said.language).likely
    ):
        return heard
    family = spelled(" ".join(read.words))
    return replace(heard, value=f"{heard.value} {family}", end=read.end) if family else heard


def _in_two(said: Utterance) -> HeardName | None:
    """ "First name Maria, last name Gomez"."""
    first = next(_labelled(said, "name.first"), None)
    last = next(_labelled(said, "name.last"), None)
    if first is None or last is None:
        return None
    given, family = read_row(said, first[1]), read_row(said, last[1])
    lasts = said.language.lists["never_name"] | {"last", "first", "surname", "apellido"}
    words = [word for word in given.words if bare(word) not in lasts]
    value = spelled(" ".join([*words, *family.words]))
    if not words or not family.words or value is None:
        return None
    return HeardName(value, True, min(first[0], last[0]), max(given.end, family.end))


def family_name(said: Utterance) -> str | None:
    """The family name alone: "my last name is spelled Doh"."""
    last = next(_labelled(said, "name.last"), None)
    words = read_row(said, last[1]).words if last else []
    shape = Shape(words, said.language)
    return spelled(words[0]) if len(words) == 1 and shape.possible and not shape.words[0] else None


def fuller_name(said: Utterance) -> HeardName | None:
    """ "omar benitez rojas" of Omar: all words of a message that begins with the known name."""
    start = next(reversed([*clauses(said, 1)]))
    read = read_row(said, start)
    whole = read.closed and not said.text[read.end :].strip(" .!")
    return _name(said, read, False, start) if whole and _shape(said, read).possible else None


def _said(said: Utterance, asked: bool) -> HeardName | None:
    """ "I'm Jane": a capital distinguishes a name from "I'm looking"; without one it needs two
    words. On a card ("Me: Jane") it needs capitals."""
    found = [(False, *one) for one in _labelled(said, "name.said")]
    for card, start, position in (*found, *((True, *one) for one in _labelled(said, "name.card"))):
        read = _fuller(said, read_row(said, position))
        shape = _shape(said, read)
        if not shape.likely or is_possessive(read) or read.tells_more:
            continue
        if read.words[0].islower() and shape.low[0] in said.language.lists["never_alone"]:
            continue  # "I'm in Raleigh"
        full = read.closed and (asked or len(shape.low) > 1) and not all(shape.words)
        if shape.capitals or (full and not card):
            return _name(said, read, False, start)
    return None


def _here(said: Utterance) -> HeardName | None:
    """ "Priya here": at the beginning, behind a greeting."""
    for start in clauses(said, 2):
        read = read_row(said, start)
        shape = _shape(said, read)
        unlike_words = len(shape.words) > 1 and not any(shape.words)
        if (
            read.next in said.language.lists["here"]
            and shape.likely
            and (shape.capitals or unlike_words)
        ):
            end = said.low.find(read.next, read.end) + len(read.next)
            found = _name(said, read, True, read.start)
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
        read = read_row(said, start)
        shape = _shape(said, read)
        own = read.closed and not is_possessive(read) and not is_told_of(said, read)
        likely = shape.likely or (shape.titled and read.end == len(said.text.rstrip(" .!")))
        if own and likely and (first or shape.capitals):
            return _name(said, read, False, read.start)
        filler = all(low in said.language.lists["courtesy"] for low in shape.low)
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
            return _name(said, read, True, read.start)
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


def name_of_another(said: Utterance, *, asked: bool) -> HeardName | None:
    """ "For my mother, Lucille Beasley", "her name is Lucille Beasley": the person for whom the
    client writes. Unasked, the second may be anybody's, unless the sentence says for whom it is."""
    named = [*_labelled(said, "name.represented")]
    for start, position in _labelled(said, "name.theirs"):
        if asked or _says_for_whom(said, start):
            named.append((start, position))
    for start, position in named:
        read = read_row(said, position)
        if read.closed and _shape(said, read).likely and not is_possessive(read):
            return _name(said, read, True, start)
    return None


def _says_for_whom(said: Utterance, start: int) -> bool:
    """ "I ask on behalf of my dad, his name is ...", and no landlord is in the sentence."""
    number = said.word_at(start)
    first, behind = sentence_begin(said, number), said.ends[number]
    told = any(first <= one.first < number for one in said.spans("ask.behalf"))
    return told and said.language.lists["strangers"].isdisjoint(said.words[first:behind])


def name_in(said: Utterance, *, asked: bool, known: bool) -> HeardName | None:
    """`asked`: the last question was for the name. `known`: there is already one, so that only an
    announced or stated name counts."""
    if "name" in said.found:
        heard = _in_two(said) or _couple(said) or _announced(said)
        stated = None if heard and " " in heard.value else _said(said, asked)
        if stated and heard and " " in stated.value:  # "I go by Beth, but it's Elizabeth Warner"
            return replace(stated, own=True)
        if heard or stated:
            return heard or stated
    if known and not asked:
        return None
    card = row_on_a_card(said)
    if card:
        return _name(said, card, False, card.start)
    heard = None if said.language.lists["here"].isdisjoint(said.words) else _here(said)
    if heard or asked:
        return heard or _answered(said) or _announced(said, words_too=True)
    alone = row_alone(said) or row_signed(said) or row_behind(said)
    return _name(said, alone, False, alone.start) if alone else None
