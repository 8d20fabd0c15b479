"""The letters of a client's text: cleaned, in lower case, and without accents."""

import re
import unicodedata

# Control characters and those that hide or turn text around; line ends stay, and so do the
# joiners (200c, 200d) that Persian and Indic spelling needs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00a0": " "})
_MOST_MARKS = 4
"""Combining marks on one letter that are kept. Unicode's own limit for streams is thirty; sorting
a run of thousands would take time that grows with the square of its length."""


def cleaned(content: str) -> str:
    """The text without invisible characters, composed (NFC), with straight apostrophes."""
    text = _UNSEEN.sub("", content)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _few_marks(text)).translate(_CURLY)


def _few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept) if len(kept) < len(text) else text


def lower(text: str) -> str:
    """Lower case, letter by letter, so that positions stay the same: one Turkish letter becomes
    two."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def plain(word: str) -> str:
    """Without accents, as phrases are written: people leave them out."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    return "".join(char for char in letters if not unicodedata.combining(char))
