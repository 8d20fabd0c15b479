"""Successive words that may form a name, and where they begin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.services.intake.languages.loading import word_set
from app.services.intake.listening.letters import plain
from app.services.intake.listening.names.shape import bare, is_word
from app.services.intake.listening.utterance import Utterance

_LETTERS = r"[^\W\d_][^\s\d_.,;:!?()\[\]{}<>\"@#$%^&*+=/\\|~`\u2026\u2013\u2014\u201c\u201d]*"
_WORD = re.compile(rf"[ \t]{{0,8}}([\"\u201c(]?{_LETTERS})([\"\u201d)]?)(\.?)")
_CLAUSE = re.compile(r"[,.;:!?\n\u2013\u2014|/]|\s-\s")
_DOTTED = word_set("ma dr mr mrs ms mx prof rev hon jr sr st sra sgt capt lt col maj")
_QUOTES = '"\u201c('
_GOES_ON = frozenset("'@_#$%*+=<>{}")
_INITIALS = frozenset("n")
"""Ends a name unless it is a capital: "nisha patel n i live in Apex"."""
_RELATIVES = frozenset({"who", "that", "que", "quien"})
_MOST_WORDS = 7
_PAIR = 2
_LETTER_BY_LETTER = re.compile(r"[ ,(-]{0,3}((?:[^\W\d_][ .-]{1,2}){2,25}[^\W\d_])\b")


@dataclass(frozen=True, slots=True)
class Row:
    """Successive words. `closed`: only words that end a name follow in the clause."""

    words: list[str]
    start: int
    end: int
    closed: bool
    next: str

    @property
    def tells_more(self) -> bool:
        """ "I'm Jane who ...": a clause about the name follows."""
        return self.next in _RELATIVES


def _is_of_a_family(said: Utterance, begin: int) -> bool:
    """ "de la Rosa": particles, and a capital behind them; "Teresa de Jesús"."""
    number = said.word_at(begin)
    pair = said.words[number : number + 2]
    if len(pair) < _PAIR or pair[0] not in said.language.lists["particles"]:
        return False
    given = pair[1] in said.language.lists["given_too"]
    both = given or pair[1] in said.language.lists["particles"]
    first = number + 1 if given else number + 2
    if not both or first >= len(said.words):
        return False
    lists, word = said.language.lists, said.words[first]  # "maria de la cruz"
    return (
        said.text[said.starts[first]].isupper() or word in lists["given_too"] | lists["family_too"]
    )


def _goes_on_small(said: Utterance, words: list[str], word: str) -> bool:
    """ "I'm Darius Whitfield stationed at ...": a word of the language behind capitals."""
    cased = len(words) > 1 and all(one[0].isupper() for one in words)
    low = bare(word)
    lists = said.language.lists
    small = word.islower() and low not in lists["particles"] | lists["suffixes"]
    return cased and small and is_word(low, said.language)


def behind_spelling(said: Utterance, position: int, word: str) -> int:
    """The end of the letters that spell a word once more: "lovelace l o v e l a c e"."""
    match = _LETTER_BY_LETTER.match(said.low, position)
    letters = "".join(filter(str.isalpha, match[1])) if match else ""
    return match.end() if match and plain(letters) == bare(word) else position


def _is_over(said: Utterance, words: list[str], match: re.Match[str]) -> bool:
    """Whether a name ends before a word: one that follows names, or letters that spell it again."""
    lists, low = said.language.lists, bare(match[1])
    also = low in lists["never_alone"] | lists["peoples"] | _INITIALS
    part = also and match[1][0].isupper() and not said.text.isupper()
    ends = low in lists["after_name"] and not part and not _is_of_a_family(said, match.start(1))
    return ends or behind_spelling(said, match.start(), words[-1]) > match.start()


def read_row(said: Utterance, start: int) -> Row:
    """The words from a position on, as far as a name could reach; a nickname in quotes among
    them."""
    words: list[str] = []
    position, first, word = start, start, ""
    while len(words) <= _MOST_WORDS and (match := _WORD.match(said.text, position)):
        word, begin = match[1], match.start(1)
        low, quoted = bare(word), word[0] in _QUOTES
        over = bool(words) and _is_over(said, words, match)
        if said.is_taken(begin) or over or (quoted and not match[2]):
            break
        if _goes_on_small(said, words, word):
            word = ""
            break
        dotted = bool(match[3]) and (low in _DOTTED or len(low) == 1)
        first = first if words else begin
        words.append(word + ("." if dotted else ""))
        position = match.end(1) if match[2] and not quoted else match.end(3 if dotted else 2)
        word = ""
        if position < match.end():
            break
    rest = said.text[position : position + 20].lstrip(" \t")
    goes_on = rest[:1].isalnum() or rest[:1] in _GOES_ON
    closed = bool(word) or not goes_on or said.is_taken(position + 1)
    return Row(words, first, position, closed, bare(word or (rest.split() or [""])[0]))


def clauses(said: Utterance, most: int) -> Iterator[int]:
    """The starts of clauses, and again after words like "ok, it's"."""
    position = 0
    for _ in range(most):
        yield position
        behind = _past_courtesy(said, position)
        if behind != position:
            yield behind
        match = _CLAUSE.search(said.text, position)
        if match is None:
            return
        position = match.end()


def clause_end(said: Utterance, position: int) -> int:
    match = _CLAUSE.search(said.text, position)
    return match.start() if match else len(said.text)


def _past_courtesy(said: Utterance, position: int) -> int:
    lead = said.language.lists["courtesy"] | said.language.lists["name_lead"]
    number = said.past(said.word_at(position), lead)
    behind = said.starts[number] if number < len(said.starts) else len(said.text)
    stop = _CLAUSE.search(said.text, position)
    return behind if stop is None or behind <= stop.start() else position
