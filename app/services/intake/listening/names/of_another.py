"""The name of whoever the client writes for."""

from app.services.intake.languages import Found
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.names.couples import is_possessive
from app.services.intake.listening.names.heard import HeardName, heard_name, labelled, shape_of
from app.services.intake.listening.names.row import read_row
from app.services.intake.listening.utterance import Utterance

_NEAR = 20
"""Words between two phrases about one person."""


def name_of_another(said: Utterance, *, asked: bool) -> HeardName | None:
    """ "For my mother, Lucille Beasley", "her name is Lucille Beasley": the person for whom the
    client writes. Unasked, the second may be anybody's, unless the sentence says for whom it is."""
    named = [*labelled(said, "name.represented")]
    for start, position in labelled(said, "name.theirs"):
        if asked or _says_for_whom(said, start, position):
            named.append((start, position))
    return next(filter(None, (_name_at(said, *one) for one in named)), None)


def name_of_the_client(said: Utterance) -> HeardName | None:
    """Whose name it is if the message says that another person is the client: "she is the client,
    her name is ..."; a landlord's name, or "his name is ...", is of somebody else."""
    for one in said.spans("said.for_them"):
        labels = ("name.theirs", "name.friend", "name.represented")
        for start, position in (told for label in labels for told in labelled(said, label)):
            name = _name_at(said, start, position)
            if name and _is_about_them(said, one, (said.word_at(start), said.word_at(position))):
                return name
    return None


def _name_at(said: Utterance, start: int, position: int) -> HeardName | None:
    """The name at a position; `start` is that of the words before it."""
    read = read_row(said, position)
    if not read.closed or not shape_of(said, read).likely or is_possessive(read):
        return None
    return heard_name(said, read, True, start)


def _is_about_them(said: Utterance, one: Found, name: tuple[int, int]) -> bool:
    """Whether a phrase before a name is near, of the same person, and in a sentence without
    another one."""
    near = abs(name[0] - one.first) <= _NEAR
    known = {*range(one.first, one.behind), *range(*name)}
    for told in said.spans("said.behalf"):  # "I write for my neighbour, he needs the lawyer, ..."
        known |= {*range(told.first, told.behind)}
    sentence = range(sentence_begin(said, name[0]), said.ends[name[0]])
    people = said.language.lists["kin"] | said.language.lists["strangers"]
    known |= {at for at in sentence if _is_what_they_are(said, at)}
    alone = not any(said.words[at] in people for at in sentence if at not in known)
    return near and alone and _is_of_one(said, (one.first, one.behind), name)


def _is_what_they_are(said: Utterance, at: int) -> bool:
    """ "She is the tenant": nobody else."""
    return at > 1 and said.words[at - 2] in said.language.lists["tells_of"]


def _is_of_one(said: Utterance, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether two phrases may be about one person: not "she is the client, his name is"."""
    she, he = said.language.lists["she"], said.language.lists["he"]
    told, also = said.words[slice(*left)], said.words[slice(*right)]
    return not any(
        one.intersection(told) and other.intersection(also) for one, other in ((she, he), (he, she))
    )


def _says_for_whom(said: Utterance, start: int, position: int) -> bool:
    """ "I ask on behalf of my dad, his name is ...", "I write for my aunt. Her name is ...": nobody
    else is spoken of in the sentence, or between the two."""
    number = said.word_at(start)
    first, behind = sentence_begin(said, number), said.ends[number]
    before = sentence_begin(said, first - 1) if first else 0
    lists = said.language.lists
    name = number, said.word_at(position)
    for one in (*said.spans("ask.behalf"), *said.spans("said.behalf")):
        if not _is_of_one(said, (one.first, one.behind), name):
            continue
        if first <= one.first < number and lists["strangers"].isdisjoint(said.words[first:behind]):
            return True
        writes = said.words[one.first] not in lists["owning"]  # "my husband wants a divorce"
        between = said.words[one.behind : number]
        others = lists["person"] - lists["pronouns"]
        if writes and before <= one.first < first and others.isdisjoint(between):
            return True
    return False
