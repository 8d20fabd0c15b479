"""Which of the model's sentences may be said.

They only acknowledge what the client said. Amounts, links, phone numbers, promises, advice, danger
and refusals are the rules' to say, so a text with a word of those is not said at all.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.intake import Message
from app.services.intake.languages import Language
from app.services.model.tokens import spelled_tokens

_FOLDER = Path(__file__).parent
_LONGEST, _LONGEST_WORD = 240, 25
_MOST_SENTENCES = 3
_FEWEST_WORDS = 2
_KNOWN_SHARE = 0.6
_SIGNS: Final = frozenset(" ,.!;'-\u2019\u2013\u2014\u2026\u00a1")
_BREAKS = re.compile(r"\s+")
_INSIDE_A_WORD = re.compile(r"[^\s.!\u2026][.!\u2026]+[^\s.!\u2026]")
_ENDS = re.compile(r"[.!\u2026]+")
_LATIN = "LATIN "


class NeverSaid:
    """Words, beginnings of words, and words in a row."""

    def __init__(self, entries: Iterable[str]) -> None:
        known = frozenset(entries)
        self._beginnings = tuple(entry[:-1] for entry in known if entry.endswith("*"))
        self._rows = [entry.split("_") for entry in known if "_" in entry]
        self._words = known

    def has_any_of(self, words: Sequence[str]) -> bool:
        if any(word in self._words or word.startswith(self._beginnings) for word in words):
            return True
        spaced = f" {' '.join(words)} "
        return any(f" {' '.join(row)} " in spaced for row in self._rows)


@cache
def never_said() -> NeverSaid:
    """The files of all languages, because a word of one may be said among those of another."""
    return NeverSaid(word for path in (_FOLDER / "never_said").glob("*.txt") for word in _in(path))


@cache
def _kind_words(language: str) -> frozenset[str]:
    path = _FOLDER / "kind_words" / f"{language}.txt"
    return frozenset(_in(path)) if path.exists() else frozenset()


def _in(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def sayable(proposed: str, language: Language, messages: Sequence[Message]) -> str | None:
    """The words to say, or None. Each of them is a common word of the language or one of the
    client's own, so that nothing can be said that is not public or theirs."""
    text = _BREAKS.sub(" ", proposed).strip()
    if not _is_plain(text) or _INSIDE_A_WORD.search(text):
        return None
    if len([part for part in _ENDS.split(text) if part.strip()]) > _MOST_SENTENCES:
        return None
    words = [token.plain.replace("\u2019", "'") for token in spelled_tokens(text)]
    if len(words) < _FEWEST_WORDS or any(len(word) > _LONGEST_WORD for word in words):
        return None
    parts = [part for word in words for part in re.split(r"['-]", word) if part]
    if never_said().has_any_of(words) or never_said().has_any_of(parts):
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
    """Most words have to be common, so that the client's own do not make another language."""
    told = {
        token.plain
        for message in messages
        if message.role == "user"
        for token in spelled_tokens(message.content)
    }
    common = [word for word in words if _is_common(word, language)]
    if len(common) < _KNOWN_SHARE * len(words):
        return False
    return all(word in told or _is_common(word, language) for word in words)


def _is_common(word: str, language: Language) -> bool:
    if word in _kind_words(language.code) or word in language.short_forms:
        return True
    return all(part in language.common for part in re.split(r"['-]", word))


def _was_said(text: str, messages: Sequence[Message]) -> bool:
    return any(text in one.content for one in messages if one.role == "assistant")
