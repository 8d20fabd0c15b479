"""A name that the client announces."""

from collections.abc import Iterator
from dataclasses import replace

from app.services.intake.listening.clauses import others_before, sentence_begin
from app.services.intake.listening.emails import is_in_an_address
from app.services.intake.listening.names.couples import is_possessive, with_partner
from app.services.intake.listening.names.heard import HeardName, heard_name, labelled, shape_of
from app.services.intake.listening.names.in_two import with_family_name
from app.services.intake.listening.names.row import Row, read_row
from app.services.intake.listening.names.shape import bare, is_word
from app.services.intake.listening.utterance import Utterance

_CLAUSE_ENDS = frozenset(".,;!?\n")
_CLAUSE_BEGINS = frozenset(":(-")


def couple(said: Utterance) -> HeardName | None:
    """ "We are John and Mary Sutton"; "we are Black and Mexican" has no second name."""
    for start, position in labelled(said, "name.both"):
        read = read_row(said, position)
        both = with_partner(said, read)
        if both.end > read.end and shape_of(said, read).likely:
            return heard_name(said, read, True, start)
    return None


def fuller(said: Utterance, read: Row) -> Row:
    """ "Sarah, Sarah Connor", "Bri (Brianna Tate)": the name that follows directly, if it begins
    with the first one."""
    behind = said.text[read.end :]
    again = read_row(said, read.end + len(behind) - len(behind.lstrip(",. (")))
    titles = said.language.lists["titles"]  # "Doña Eufemia, Eufemia Tapia"
    named = [word for word in read.words if bare(word) not in titles]
    alike = len(named) == 1 and len(again.words) > 1
    return again if alike and bare(again.words[0]).startswith(bare(named[0])) else read


def _named_behind(said: Utterance) -> Iterator[HeardName]:
    """ "Ann Poe is my name": it is the whole clause."""
    for one in said.spans("name.behind"):
        rest = said.text[said.behinds[one.behind - 1] :].lstrip(" ")
        if rest and rest[0] not in _CLAUSE_ENDS:
            continue  # "The problem is my name on the deed"
        mine = "my" in said.words[one.first : one.behind]
        if not mine and others_before(said, one.first):
            continue  # "He goes by Bo, Bob Lee is the real name"
        begin = said.starts[sentence_begin(said, one.first)]
        before = said.text[: said.starts[one.first]].rstrip(" ,-")
        begin = max(begin, before.rfind(",", begin) + 1)
        read = read_row(said, begin)
        between = before[read.end :].strip()
        heard = heard_name(said, read, True, begin)
        if heard and not between and shape_of(said, read).likely and not is_possessive(read):
            yield replace(heard, end=said.behinds[one.behind - 1])


def _nicknamed(said: Utterance) -> Iterator[HeardName]:
    """ "Everybody calls me Tiff": rather the full name, if it stands before that."""
    for start, position in labelled(said, "name.nickname"):
        read = read_row(said, position)
        number = bool(said.text[read.end :].lstrip()[:1].isdigit())  # "me llaman al 919-..."
        particle = bare("".join(read.words[:1])) in said.language.lists["particles"]
        one_word = read.closed and len(read.words) == 1 and not (number or particle)
        if one_word and shape_of(said, read).likely:
            heard = _full_before(said, start) or heard_name(said, read, False, start)
            if heard:
                yield heard


def _to_be_written(said: Utterance) -> Iterator[HeardName]:
    """ "Please write Olga Miller then": surely a name, and nothing else behind it."""
    for start, position in labelled(said, "name.put"):
        read = read_row(said, position)
        heard = heard_name(said, read, True, start)
        rest = said.words[said.word_at(read.end) :]
        ends = said.language.lists["behind_put"].issuperset(rest)
        if heard and ends and shape_of(said, read).surely:
            yield heard


def _is_ours(said: Utterance, start: int) -> bool:
    """ "My first name is Ana", "first name Ana", but not "his first name is Kevin"."""
    number = said.word_at(start)
    mine = said.words[number] in said.language.lists["first_person"]
    return mine or number == sentence_begin(said, number)


def _announced(said: Utterance, *, words_too: bool) -> Iterator[HeardName]:
    yield from _named_behind(said)
    yield from _nicknamed(said)
    yield from _to_be_written(said)
    first_names = [one for one in labelled(said, "name.first") if _is_ours(said, one[0])]
    for start, position in (*labelled(said, "name.announced"), *first_names):
        if is_in_an_address(said.text, position):
            continue  # "put down jane.doe@example.com"
        if _is_elsewhere(said, position):
            continue  # "my name on a loan"
        read = fuller(said, read_row(said, position))
        shape = shape_of(said, read)
        word = words_too and shape.capitals and read.closed
        told = shape.begins_given or (shape.possible and (word or not all(shape.words)))
        mere = said.language.lists["courtesy"].issuperset(shape.low)  # "my name, duh"
        if (shape.likely or told) and not (mere or is_possessive(read)):
            heard = heard_name(said, read, (start, position) not in first_names, start)
            if heard:
                yield heard


def _is_elsewhere(said: Utterance, position: int) -> bool:
    """Whether a preposition follows, and no name: not "so yeon kim", "de la Rosa"."""
    number, lists = said.word_at(position), said.language.lists
    word, following = said.words[number], said.words[number + 1 : number + 2]
    ends = word in lists["after_name"] - lists["particles"] and said.text[position].islower()
    if not ends or not following:
        return ends
    cased = said.text[said.starts[number + 1]].isupper()
    return cased or is_word(following[0], said.language)


def announced(said: Utterance, *, words_too: bool = False) -> HeardName | None:
    """Rather a full name: "call me Dub, legal name William Dubois". `words_too`: also a word of the
    language with a capital, "the name is Bond"."""
    every = list(_announced(said, words_too=words_too))
    full = next((one for one in every if " " in one.value), None)
    return with_family_name(said, full or every[0]) if every else None


def _full_before(said: Utterance, nickname: int) -> HeardName | None:
    """ "Buford Tolliver Coffey, friends call me Tol": the full name that begins the sentence."""
    first = sentence_begin(said, said.word_at(nickname))
    begin = said.starts[said.past(first, said.language.lists["courtesy"], said.word_at(nickname))]
    read = read_row(said, begin)
    shape = shape_of(said, read)
    full = shape.surely or (shape.likely and len(read.words) > 1 and not any(shape.words))
    between = said.text[read.end : nickname].split()
    before = read.closed and read.end <= nickname and len(between) <= 1
    return heard_name(said, read, True, begin) if full and before else None


def _in_brackets(said: Utterance) -> Iterator[tuple[int, int]]:
    """ "Three of us own it: me (Dawit Haile), my cousin and a friend"; "he hit me (Mark Dunn)" goes
    on from a verb."""
    for number, start in enumerate(said.starts[1:], 1):
        between = said.text[said.behinds[number - 1] : start].strip()
        before = said.text[: said.starts[number - 1]].rstrip()[-1:]
        begins = before in ("", *_CLAUSE_ENDS, *_CLAUSE_BEGINS)
        if between == "(" and begins and said.words[number - 1] in said.language.lists["self"]:
            yield said.starts[number - 1], start


def _this(said: Utterance) -> Iterator[tuple[int, int]]:
    """ "Hi this Tom Ruiz from Cary"; "hi this Wells Fargo took my house" goes on."""
    for start, position in labelled(said, "name.this"):
        read = read_row(said, position)
        number, lists = said.word_at(read.end), said.language.lists
        behind = said.words[number : said.ends[said.word_at(position)]]
        ends = not behind or behind[0] in lists["from_words"] or said.text[read.end] in _CLAUSE_ENDS
        if ends and len(read.words) > 1 and (lists["acts"] | lists["object"]).isdisjoint(behind):
            yield start, position


def stated(said: Utterance, asked: bool) -> HeardName | None:
    """ "I'm Jane": a capital distinguishes a name from "I'm looking"; without one it needs two
    words. On a card ("Me: Jane") it needs capitals."""
    found = [(False, *one) for one in labelled(said, "name.said")]
    cards = (*labelled(said, "name.card"), *_in_brackets(said), *_this(said))
    for card, start, position in (*found, *((True, *one) for one in cards)):
        read = fuller(said, read_row(said, position))
        shape = shape_of(said, read)
        likely = shape.likely or shape.begins_given
        if not likely or is_possessive(read) or read.tells_more:
            continue
        if read.words[0].islower() and shape.low[0] in said.language.lists["never_alone"]:
            continue  # "I'm in Raleigh"
        if card and shape.low[0] in said.language.lists["peoples"]:
            continue  # "Mi ex es americano y yo Mexicana"
        if not card and _tells_of_others(said, start):
            continue  # "My landlord goes by Bo, but on paper it's Bob Lee", "mi mama es Ana Ruiz"
        if read.words[0] in said.language.lists["from_words"] | said.language.lists["peoples"]:
            continue  # "Soy de Honduras", "soy cubano"; "De La Cruz" has a capital
        full = read.closed and (asked or len(shape.low) > 1) and not all(shape.words)
        small = full and not card and (shape.mostly_names or not shape.rarer)
        if shape.capitals or small:
            heard = heard_name(said, read, False, start)
            return with_family_name(said, heard) if heard else None
    return None


def _tells_of_others(said: Utterance, start: int) -> bool:
    """Whether "but" stands at a position and others in the sentence before it, or one of them
    directly before it."""
    number, lists = said.word_at(start), said.language.lists
    before = said.words[max(sentence_begin(said, number), number - 1) : number]
    joint = said.words[number] in lists["joints"] and others_before(said, number)
    return joint or not lists["others"].isdisjoint(before)
