"""A proposed name in the client's own words."""

from collections.abc import Sequence

from app.services.intake.listening.name_shape import Shape, spelled
from app.services.intake.listening.utterance import Utterance
from app.services.model.tokens import Token, spelled_tokens

_MOST_WORDS = 6
_APART = 5
"""Words that may stand between two parts: "they call me Jim, last name Tuttle"."""
_BEFORE, _BEHIND = 4, 3
"""Words around a name that may say whose it is: "my landlord, a Mr. Ruiz"."""


def name_in_words(proposed: str, said: Utterance) -> str | None:
    """The name as the client spelled it, if all its words are in the message, in this order, close
    together, shaped like a name and not said of somebody else."""
    words = [token.plain for token in spelled_tokens(proposed)]
    if not words or len(words) > _MOST_WORDS or not all(_is_name_word(word) for word in words):
        return None
    tokens = spelled_tokens(said.text)
    for at, token in enumerate(tokens):
        found = _in_order(words, tokens[at:]) if token.plain == words[0] else None
        if found and not _is_of_others(said, found):
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


def _is_of_others(said: Utterance, found: Sequence[Token]) -> bool:
    first, behind = said.word_at(found[0].start), said.word_at(found[-1].end)
    around = said.words[max(0, first - _BEFORE) : first] + said.words[behind : behind + _BEHIND]
    return not said.language.lists["others"].isdisjoint(around)
