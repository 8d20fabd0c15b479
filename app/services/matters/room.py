"""How much a matter's record takes of what the client tells."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.matter import Words

FULL = "The record is full: not all that the client told is in it."
SHARE_OF_OTHERS = 0.5
"""Other conversations leave room for the words of the matter's own."""
_MOST_WORDS = 60
_MOST_CHARACTERS = 60_000


def grown(
    words: tuple[Words, ...], texts: Iterable[str], at: datetime, share: float = 1.0
) -> tuple[tuple[Words, ...], tuple[str, ...]]:
    """The words with those texts that are not in them, as far as there is room in that share of the
    record; and those that there is no room for. A full record says so to the firm."""
    dropped: list[str] = []
    for text in texts:
        added = _added(words, text)
        room = share * _MOST_CHARACTERS - sum(len(said.text) for said in words)
        if added and (len(words) >= share * _MOST_WORDS or len(added) > room):
            dropped.append(added)
        elif added:
            words = (*words, Words(at, added))
    if dropped and share == 1.0 and all(said.text != FULL for said in words):
        words = (*words, Words(at, FULL))
    return words, tuple(dropped)


def _added(words: tuple[Words, ...], text: str) -> str:
    """The part of the text that is not on record: a description that grew contains the recorded
    words."""
    for said in words:
        at = _found(said.text, text) if said.text else -1
        if at >= 0:
            text = text[:at] + text[at + len(said.text) :]
    text = text.strip(" \t\r\n,;.-")
    return "" if any(_found(text, said.text) >= 0 for said in words) else text


def _found(part: str, text: str) -> int:
    """Where whole words of the text are that part; -1 if nowhere."""
    at = text.find(part)
    while at >= 0:
        before, behind = text[at - 1 : at] if at else "", text[at + len(part) :][:1]
        if not (_joins(before) or _joins(behind)):
            return at
        at = text.find(part, at + 1)
    return -1


def _joins(char: str) -> bool:
    return char.isalnum() or char == "_"
