"""The answer to our question for the name."""

from app.services.intake.listening.names.announced import fuller
from app.services.intake.listening.names.couples import is_possessive, is_told_of
from app.services.intake.listening.names.heard import HeardName, heard_name, shape_of
from app.services.intake.listening.names.in_two import with_family_name
from app.services.intake.listening.names.row import Row, clause_end, clauses, read_row
from app.services.intake.listening.names.shape import Shape
from app.services.intake.listening.utterance import Utterance

_MOST_CLAUSES = 6
_GOES_ON = 3
_FEW_BEFORE = 8
_THREE = 3
_IN_NO_NAME = frozenset("{}<>$=*\\^~[]")


def answered(said: Utterance) -> HeardName | None:
    """The answer to the question: the first clause that is shaped like a name."""
    if not _IN_NO_NAME.isdisjoint(said.text):
        return None
    both = last_first(said)
    if both:
        return both
    first = True
    for start in clauses(said, _MOST_CLAUSES):
        read = fuller(said, read_row(said, start))
        shape = shape_of(said, read)
        filler = all(low in said.language.lists["courtesy"] for low in shape.low)  # "duh"
        own = read.closed and not is_possessive(read) and not is_told_of(said, read)
        own = own and not filler and not _is_origin(said, read)
        likely = shape.likely or (shape.titled and read.end == len(said.text.rstrip(" .!")))
        if own and likely and _stands(said, read, shape, first) and not _tells(said, read, shape):
            heard = heard_name(said, read, False, read.start)
            return with_family_name(said, heard) if heard else None
        first = first and (filler or start == 0)
    return _of_three(said) or _insisted(said)


def _of_three(said: Utterance) -> HeardName | None:
    """ "Paw Say Wah", "karen michelle lobo": three words that are all of an answer; one is a word
    too, with capitals even a verb in the middle."""
    read = read_row(said, 0)
    shape = shape_of(said, read)
    if len(shape.words) != _THREE or shape.words[0] or sum(shape.words) > 1:
        return None
    verb = shape.capitals and not shape.words[-1]
    word = shape.possible and not (shape.rarer or any(shape.of_matters))
    return heard_name(said, read, False, 0) if (verb or word) and _is_all(said, read) else None


def _is_origin(said: Utterance, read: Row) -> bool:
    """ "Soy de Puebla", "soy cubana"."""
    lists = said.language.lists
    return bool(read.words) and read.words[0] in lists["from_words"] | lists["peoples"]


def _stands(said: Utterance, read: Row, shape: Shape, first: bool) -> bool:
    """Whether words stand where an answer does: at the beginning, with capitals, or alone at the
    end of a short message ("Got it. Jamal")."""
    if len(read.words) > 1 or said.has("said.corrects"):
        return first or shape.capitals
    if first and _is_mere(said, 0, read.start):
        return True
    ends = not said.text[read.end :].strip(" .!")
    return ends and not any(shape.words) and said.word_at(read.start) <= _FEW_BEFORE


def _tells(said: Utterance, read: Row, shape: Shape) -> bool:
    """ "Lent my cousin 900", "my kidney, it fails": rather the beginning of a story than a name.
    A full name with capitals is one anyway, and so is any word that is all of a message."""
    if (len(read.words) > 1 and shape.capitals) or _is_all(said, read):
        return False
    known = any(shape.words) and not (shape.of_two_kinds and shape.given_not_word)
    return shape.rarer or (known and _goes_on(said, read, shape))


def _is_all(said: Utterance, read: Row) -> bool:
    return _is_mere(said, 0, read.start) and _is_mere(said, read.end, len(said.text))


def _is_mere(said: Utterance, first: int, end: int) -> bool:
    """Nothing is between two positions, except courtesies and what was extracted."""
    mere = said.language.lists["courtesy"] | said.language.lists["name_lead"]
    numbers = range(said.word_at(first), said.word_at(end))
    return all(said.words[at] in mere or said.is_taken(said.starts[at]) for at in numbers)


def _goes_on(said: Utterance, read: Row, shape: Shape) -> bool:
    """Whether the clause goes on, and not as behind a name: "from Cary", "and I", "my email"."""
    first, lists = said.word_at(read.end), said.language.lists
    rest = said.words[first : said.word_at(clause_end(said, read.end))]
    if len(rest) < _GOES_ON or said.is_taken(said.starts[first + 1]):
        return False
    given = shape.low[0] in lists["given_too"] and shape.given_not_word
    own = rest[0] in lists["owning"] and (given or rest[1] in lists["correcting"] | lists["self"])
    elsewhere = rest[0] in lists["place_lead"] and rest[1] in lists["owning"]  # "from a guy"
    return not own and (elsewhere or rest[0] not in lists["behind_name"])


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


def last_first(said: Utterance) -> HeardName | None:
    """ "Smith, John", and nothing else but what was extracted behind it."""
    end = min((start for start, _ in said.taken), default=len(said.text))
    left, comma, right = said.text[:end].strip(" \n,;-/").partition(",")
    words = [left.strip(), right.strip(" .")]
    if not comma or not all(
        word[:1].isupper() and word.strip("'-").replace("'", "").isalpha() for word in words
    ):
        return None
    shape = Shape(words, said.language)
    if not shape.possible or any(shape.words) or not _is_mere(said, end, len(said.text)):
        return None
    return HeardName(", ".join(words), False, 0, end)
