"""Which fact a message of the assistant asks for, whoever worded it."""

import re
from typing import Literal

Field = Literal["name", "location", "phone", "email", "matterType"]
ORDER: tuple[Field, ...] = ("name", "location", "phone", "email", "matterType")
"""The order in which the facts are asked for; also how an answer names what is missing."""

_LAST = 400
_SENTENCE_END = re.compile(r"[.?!:](?=\s|$)")
_ASKS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (
        "location",
        re.compile(
            r"\b(?:located|location|city|cities|which state|what state|your state|where|live)\b"
        ),
    ),
    ("phone", re.compile(r"\b(?:phone|telephone|mobile|cell|number)\b")),
    ("email", re.compile(r"\be-?mail\b")),
    ("name", re.compile(r"\b(?:name|who (?:am i|are you|is this))\b")),
    (
        "matterType",
        re.compile(
            r"\b(?:help(?:ing)? you with|help with|about|"
            r"(?:your|legal) (?:issue|matter|situation|problem|case)|brings you"
            r"|kind of|type of|tell me (?:a little )?more|which (?:of|one)|describe|assist you)\b"
        ),
    ),
)


def asked_in(content: str, missing: tuple[Field, ...]) -> Field | None:
    """What the last sentence asks for; of several facts the first that is missing."""
    text = content[-_LAST:].lower().rstrip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text[:-1])]
    last = text[ends[-1] :] if ends else text
    for part in (last, text):
        asked = [field for field, words in _ASKS if words.search(part)]
        if asked:
            return next((field for field in ORDER if field in asked and field in missing), asked[0])
    return None
