"""A full name that nothing announces: alone in the message, on a line, or before other details."""

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.names.announced import fuller
from app.services.intake.listening.names.couples import is_told_of, with_partner
from app.services.intake.listening.names.row import Row, clause_end, clauses, read_row
from app.services.intake.listening.names.shape import Shape, bare
from app.services.intake.listening.utterance import Utterance

_LINE_WORDS = range(2, 5)
_MOST_LINES = 10
_LONGEST_SIGNATURE = 60
_STORY = 12
"""Words before a name that is signed; behind fewer it may be of whom they tell."""
_PHONE_DIGITS, _LONGEST_PHONE = 10, 16
_AGE_DIGITS = 2
_BEFORE_SIGNATURE = (
    " -",
    "\n-",
    "\u2013",
    "\u2014",
    "~",
    "thank you,",
    "thanks,",
    "gracias,",
    "you.",
    "thanks.",
)


def row_alone(said: Utterance) -> Row | None:
    """A full name without our question: at the beginning, or on a separate line; without capitals
    it is a whole sentence."""
    start = 0
    for _ in range(_MOST_LINES):
        read = fuller(said, read_row(said, start))
        if is_whole(said, read, cased=not _is_sentence(said, read)) and not acts_there(said, read):
            return read
        start = said.text.find("\n", start) + 1
        if start == 0:
            break
    return _row_greeting(said)


def _row_greeting(said: Utterance) -> Row | None:
    """ "Good afternoon. Gwen Farrow": behind a greeting, and nothing after it, or "I ..." and what
    stands for it: "Looking for ..."."""
    if said.words and said.words[0] in said.language.lists["courtesy"]:
        for start in clauses(said, 2):
            read = fuller(said, read_row(said, start))
            rest = said.words[said.word_at(read.end) :]
            lists = said.language.lists
            mine = not rest or rest[0] in lists["first_person"] | lists["i"]
            goes_on = mine or rest[0] in lists["i_omitted"]
            if goes_on and _is_sentence(said, read) and is_whole(said, read, cased=True):
                return read
    return None


def acts_there(said: Utterance, read: Row) -> bool:
    """ "Walmart here in Durham fired me": what somebody does follows in the clause."""
    lists = said.language.lists
    behind = said.words[said.word_at(read.end) : said.word_at(clause_end(said, read.end))]
    acts = lists["acts"] | lists["tells_of"]
    return read.next in lists["here"] and not acts.isdisjoint(behind)


def row_signed(said: Utterance) -> Row | None:
    """A full name as a signature at the end: "... - Gwen Farrow", "Thank you, Gwen Farrow"."""
    tail = max(0, len(said.text) - _LONGEST_SIGNATURE)
    marks = [(said.low.rfind(mark, tail), mark) for mark in _BEFORE_SIGNATURE]
    begins = max((at + len(mark) for at, mark in marks if at >= 0), default=0)
    if begins <= tail:
        return None
    read = read_row(said, begins)
    both = with_partner(said, read)
    ends = not said.text[both.end :].strip(" .\n")
    return read if ends and is_whole(said, read, cased=True) else None


def row_last(said: Utterance) -> Row | None:
    """A full name below a story: "... and I can't lose it. Gwen Farrow"; words of the
    language are rather a company or a place."""
    text = said.text.rstrip(" .!\n")
    begin = max(text.rfind(mark) for mark in ".!?\n") + 1
    read = read_row(said, begin) if begin else None
    if read is None or said.text[read.end :].strip(" .!\n"):
        return None
    before = said.words[: said.word_at(begin)]
    story = len(before) >= _STORY and not any(bare(word) in before for word in read.words)
    plain_name = not any(Shape(read.words, said.language).words)
    return read if story and plain_name and is_whole(said, read, cased=True) else None


def row_behind(said: Utterance) -> Row | None:
    """A full name between accepted values, or between one and the end: "call 919-..., Gwen
    Farrow, Cary NC"."""
    for _, behind in sorted(said.taken)[:_MOST_LINES]:
        rest = said.text[behind:]
        read = read_row(said, behind + len(rest) - len(rest.lstrip(" ,.-/\n")))
        after = said.text[read.end :].lstrip(" ,.-/\n")
        ends = not after or said.is_taken(len(said.text) - len(after)) or begins_with_phone(after)
        if ends and read.words and is_whole(said, read, cased=False, beside=True):
            return read
    return None


def begins_with_phone(text: str) -> bool:
    """A number that nobody took: its owner is not clear yet."""
    return sum(map(str.isdigit, text[:_LONGEST_PHONE])) >= _PHONE_DIGITS


def _is_sentence(said: Utterance, read: Row) -> bool:
    return not said.text[read.end : read.end + 1].strip(".\n")


def is_whole(said: Utterance, read: Row, *, cased: bool, beside: bool = False) -> bool:
    """Whether a clause is a full name, or the names of two, and nothing else. `cased`: only with
    capitals; `beside`: a value stands beside it."""
    both = with_partner(said, read)
    shape = Shape(both.words, said.language)
    of_two = shape.of_two_kinds and shape.low[-1] not in said.language.lists["rather_things"]
    name = shape.surely or (
        of_two and (shape.capitals or beside or (not cased and shape.given_not_word))
    )
    name = name or (not cased and (shape.unlike_words or shape.given_first))
    whole = read.closed and len(both.words) in _LINE_WORDS
    whole = whole and both.words[0] not in said.language.lists["from_words"]  # "de Maracaibo"
    return name and whole and not is_told_of(said, read)


def _is_an_age(said: Utterance, start: int, end: int) -> bool:
    """Whether nothing is between, or "28 years old", "34", "45yo"."""
    for word in said.words[said.word_at(start) : said.word_at(end)]:
        unit = word.lstrip("0123456789")
        if len(word) - len(unit) > _AGE_DIGITS or (unit and unit not in said.language.lists["age"]):
            return False
    return True


def _acts(said: Utterance, start: int) -> bool:
    """Whether the value at a position is followed by what somebody does: "Mark Brown, Durham NC
    evicted me"."""
    behind = next(end for first, end in said.taken if first == start)
    number, lists = said.word_at(behind), said.language.lists
    joined = said.text[behind : behind + 1] not in tuple(",.;\n")
    return joined and not (lists["acts"] | lists["tells_of"]).isdisjoint(
        said.words[number : number + 1]
    )


def row_on_a_card(said: Utterance) -> Row | None:
    """A full name as a sentence's begin, with an accepted value behind it: "Trisha Combs, Lenoir
    NC, 828-..."."""
    for start, _ in sorted(said.taken):
        number = sentence_begin(said, said.word_at(start))
        while number < len(said.words) and said.words[number] in said.language.lists["courtesy"]:
            number += 1  # "Hi, Trisha Combs from Lenoir NC"
        if number and (number == len(said.words) or said.starts[number] >= start):
            number = sentence_begin(said, number - 1)  # "tonya bullock. tonya@x.com"
        if number == len(said.words) or said.starts[number] >= start:
            continue
        read = read_row(said, said.starts[number])
        end = with_partner(said, read).end
        if (
            not _acts(said, start)
            and _is_an_age(said, end, start)
            and (is_whole(said, read, cased=False, beside=True) or _is_a_card(said, read))
        ):
            return read
    return None


def _is_a_card(said: Utterance, read: Row) -> bool:
    """ "an pham, durham nc, 919-...": a name, two values or more, and nothing else."""
    rest = said.starts[said.word_at(read.end) :]
    whole = read.start == 0 and len(said.taken) > 1 and all(map(said.is_taken, rest))
    named = read.closed and len(read.words) in _LINE_WORDS
    return whole and named and Shape(read.words, said.language).likely
