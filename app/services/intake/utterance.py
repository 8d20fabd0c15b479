"""One message of a client, as the readers of the intake take facts out of it."""

import re
import unicodedata

CUT = "\x00"
"""Stands where a fact was taken out; no message holds it, and every reader stops at it."""

# Control characters and those that hide or turn text around; line ends stay, and so do the
# joiners (200c, 200d) that Persian and Indic spelling needs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00a0": " "})
WORD = re.compile(r"[^\W_](?:[\w'-]*\w)?")
_CUTS = re.compile(CUT + "+")
_PREFIX = 80


def _same_length_lower(text: str) -> str:
    """Lower case, letter by letter, so that positions stay: one of Turkish becomes two."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


class Utterance:
    """The text and its lower case form, both of the same length, with what is taken cut out.

    `words` are those of the whole message, in lower case: a reader looks there first whether
    anything can be for it, which most messages have nothing of.
    """

    __slots__ = ("low", "text", "words")

    def __init__(self, content: str) -> None:
        text = _UNSEEN.sub("", content)
        if not text.isascii():
            text = unicodedata.normalize("NFC", text).translate(_CURLY)
        self.text = text
        self.low = _same_length_lower(text)
        self.words = frozenset(WORD.findall(self.low))

    def before(self, position: int) -> str:
        """The words that lead up to a position, in lower case, no further back than a cut."""
        return self.low[max(0, position - _PREFIX) : position].rpartition(CUT)[2]

    def cut(self, start: int, end: int) -> None:
        gap = CUT * (end - start)
        self.text = f"{self.text[:start]}{gap}{self.text[end:]}"
        self.low = f"{self.low[:start]}{gap}{self.low[end:]}"

    def pieces(self) -> list[str]:
        """What nobody has taken, between the cuts."""
        trimmed = (piece.strip(" \t\r\n,;:.-") for piece in _CUTS.split(self.text))
        return [piece for piece in trimmed if piece]
