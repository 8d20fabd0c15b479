"""A known name once more, in another form."""

from difflib import SequenceMatcher

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.letters import plain
from app.services.intake.listening.names.heard import HeardName, heard_name, shape_of
from app.services.intake.listening.names.row import read_row
from app.services.intake.listening.names.spelled import spelled
from app.services.intake.listening.utterance import Utterance

ALIKE = 0.7
_BEGIN = 3
"""Letters that a short name and the long one have in common, "Rob" and "Robert", and those that may
be missing in a misspelled one."""
_WORDS = range(2, 5)


def likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word.lower(), other.lower()).ratio()


def longer_form(said: Utterance, known: str) -> HeardName | None:
    """ "Dustin on paper. Dustin Rhodes", of Dusty Rhodes; "last name too? kelsey bramlett": a whole
    sentence, where it is said what for. Another one may be somebody else of the family."""
    lists = said.language.lists
    for first in sorted({*said.ends} - {len(said.words)}):
        if lists["official"].isdisjoint(said.words[:first]):
            continue
        start = said.starts[said.past(first, lists["courtesy"], len(said.words) - 1)]
        read = read_row(said, start)
        whole = not said.text[read.end : read.end + 1].strip(".!?\n")
        if whole and shape_of(said, read).possible and _is_form(read.words, known.split()):
            return heard_name(said, read, True, start)
    return None


def _is_form(words: list[str], known: list[str]) -> bool:
    if len(words) not in _WORDS:
        return False
    told, names = ([plain(word).lower() for word in row] for row in (words, known))
    if len(names) == 1:
        return told[0] == names[0]
    same = told[-1] == names[-1] and told[0][:_BEGIN] == names[0][:_BEGIN]
    return same and told != names


def respelled(said: Utterance, known: str) -> HeardName | None:
    """ "Oops Christopher Dunlap lol", of Cristopher Dunlpa: words that are like each of the known
    ones."""
    names = plain(known).lower().split()
    for first in range(len(said.words) - len(names) + 1) if len(names) > 1 else ():
        behind = first + len(names)
        words = said.words[first:behind]
        if words == names or not all(map(_is_alike, words, names)):
            continue
        start, end = said.starts[first], said.behinds[behind - 1]
        written = spelled(said.text[start:end])
        whole = written and len(written.split()) == len(names)
        if written and whole and _is_all(said, first, behind):
            return HeardName(written, True, start, end)
    return None


def _is_all(said: Utterance, first: int, behind: int) -> bool:
    """Nothing but words of correcting stands before in the sentence, and no verb behind, as in
    "sorry, Mario Lopez filed"."""
    lists = said.language.lists
    mere = lists["correcting"] | lists["courtesy"] | lists["name_lead"] | lists["filler"]
    before = said.words[sentence_begin(said, first) : first]
    mere -= lists["speech"] | lists["acts"]
    ends = behind == said.ends[first] or said.words[behind] in mere
    return ends and mere.issuperset(before) and not said.is_taken(said.starts[first])


def _is_alike(word: str, name: str) -> bool:
    near = word[0] == name[0] and abs(len(word) - len(name)) <= _BEGIN  # most words are not
    return near and likeness(word, name) >= ALIKE
