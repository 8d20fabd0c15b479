"""A proposed name in the client's own words."""

from collections.abc import Sequence
from functools import cache

from app.services.intake.listening.names.shape import Shape
from app.services.intake.listening.names.spelled import spelled
from app.services.intake.listening.utterance import Utterance
from app.services.model.tokens import Token, spelled_tokens
from app.services.model.word_list import WordList, word_list

_MOST_WORDS = 6
_APART = 5
"""Words that may stand between two parts: "they call me Jim, last name Tuttle"."""
_BEFORE, _BEHIND = 6, 3
"""Words around a name that may say whose it is: "my landlord, a Mr. Ruiz"."""


def name_in_words(proposed: str, said: Utterance) -> str | None:
    """The name as the client spelled it, if all its words are in the message, in this order, close
    together, and shaped like a name, and words before them say that the client is called so."""
    words = [token.plain for token in spelled_tokens(proposed)]
    if not words or len(words) > _MOST_WORDS or not all(_is_name_word(word) for word in words):
        return None
    tokens = spelled_tokens(said.text)
    for at, token in enumerate(tokens):
        found = _in_order(words, tokens[at:]) if token.plain == words[0] else None
        if found and _is_the_clients(said, found):
            written = [one.text for one in found]
            return spelled(" ".join(written)) if Shape(written, said.language).likely else None
    return None


def _is_name_word(word: str) -> bool:
    return all(char.isalpha() or char in "'\u2019-" for char in word)


def _in_order(words: Sequence[str], tokens: Sequence[Token]) -> list[Token] | None:
    found = [tokens[0]]
    at = 1
    for word in words[1:]:
        near = tokens[at : at + _APART + 1]
        step = next((step for step, token in enumerate(near) if token.plain == word), None)
        if step is None:
            return None
        found.append(near[step])
        at += step + 1
    return found


def _is_the_clients(said: Utterance, found: Sequence[Token]) -> bool:
    """In a wording that the rules miss; a name of which nothing is said may be anybody's."""
    first, behind = said.word_at(found[0].start), said.word_at(found[-1].end)
    begin = next((at for at in range(first) if said.ends[at] > first), first)
    before = said.words[max(begin, first - _BEFORE) : first]
    around = before + said.words[behind : behind + _BEHIND]
    if not said.language.lists["others"].isdisjoint(around):
        return False
    return _naming(said.language.code).has_any_of(before)


@cache
def _naming(language: str) -> WordList:
    return word_list("naming", language)
