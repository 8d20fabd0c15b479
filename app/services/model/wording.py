"""Which of the model's sentences may be said.

They only acknowledge what the client said. Amounts, links, phone numbers, promises, advice, danger
and refusals are the rules' to say, so a text with a word of those is not said at all.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from app.domain.intake import Message
from app.services.intake.languages import Language
from app.services.model.tokens import spelled_tokens
from app.services.model.word_list import WordList, word_list

_LONGEST, _LONGEST_WORD = 240, 25
_MOST_SENTENCES = 3
_FEWEST_WORDS = 2
_KIND_SHARE = 0.7
_SIGNS: Final = frozenset(" ,.!;'-\u2019\u2013\u2014\u2026\u00a1")
_BREAKS = re.compile(r"\s+")
_INSIDE_A_WORD = re.compile(r"[^\s.!\u2026][.!\u2026]+[^\s.!\u2026]")
_ENDS = re.compile(r"[.!\u2026]+")
_LATIN = "LATIN "


@cache
def _never_said() -> WordList:
    """Of all languages, because a word of one may be said among those of another."""
    return word_list("never_said")


@cache
def _kind_words(language: str) -> frozenset[str]:
    return word_list("kind_words", language).words


def sayable(proposed: str, language: Language, messages: Sequence[Message]) -> str | None:
    """The words to say, or None. Each of them is a kind word of the language or one of the
    client's own, so that nothing can be said that is not public or theirs."""
    text = _BREAKS.sub(" ", proposed).strip()
    if not _is_plain(text) or _INSIDE_A_WORD.search(text):
        return None
    if len([part for part in _ENDS.split(text) if part.strip()]) > _MOST_SENTENCES:
        return None
    words = [token.plain.replace("\u2019", "'") for token in spelled_tokens(text)]
    if len(words) < _FEWEST_WORDS or any(len(word) > _LONGEST_WORD for word in words):
        return None
    parts = [part for word in words for part in re.split(r"['-]", word)]
    if _never_said().has_any_of(words) or _never_said().has_any_of(parts):
        return None
    if not _is_known(words, language, messages) or _was_said(text, messages):
        return None
    return text if _ENDS.search(text[-1]) else f"{text}."


def _is_plain(text: str) -> bool:
    """Latin letters and a few signs, no digits, and nothing that only looks like them."""
    if not text or len(text) > _LONGEST or unicodedata.normalize("NFC", text) != text:
        return False
    return all(
        char in _SIGNS or (char.isalpha() and unicodedata.name(char, "").startswith(_LATIN))
        for char in text
    )


def _is_known(words: Sequence[str], language: Language, messages: Sequence[Message]) -> bool:
    """Most words have to be kind, so that the client's own do not make another sentence."""
    told = {
        token.plain
        for message in messages
        if message.role == "user"
        for token in spelled_tokens(message.content)
    }
    kind = [word for word in words if word in _kind_words(language.code)]
    if len(kind) < _KIND_SHARE * len(words):
        return False
    return all(word in told or word in _kind_words(language.code) for word in words)


def _was_said(text: str, messages: Sequence[Message]) -> bool:
    return any(text in one.content for one in messages if one.role == "assistant")
