"""A city's name in running text: how far it reaches to the left of a state, or to the right."""

import re

from app.services.intake.everyday_words import NOT_FIRST_NAMES, word_set
from app.services.intake.utterance import CUT

_NOT_IN_CITY = (
    NOT_FIRST_NAMES | word_set("near to of moved name resident currently reside residing")
) - word_set("city new great little free white black")
_INSIDE = word_set("of the de la del du le and on upon am")
_NOT_IN_FRONT = _INSIDE - word_set("la le the")
_SHORTENED = word_set("st. ft. mt. ste.")
_LETTERS = r"[^\W\d_][^\s\d,;:!?()<>\[\]{}\"/\\|@" + CUT + "]*"
_WORD_BACK = re.compile(_LETTERS + r"\Z")
_WORD_ON = re.compile(_LETTERS)
_BLANKS = " \t"
_MOST_WORDS = 4
_LONGEST_WORD = 30


def _ends_city(word: str, cased: bool, text_inside: bool) -> bool:
    low = word.lower()
    if cased and text_inside and low in _INSIDE:
        return False
    if low in _NOT_IN_CITY or (low.endswith(".") and low not in _SHORTENED):
        return True
    return cased and word[0].islower()


def _spelled(words: list[str]) -> str | None:
    begins = 0
    while begins < len(words) and words[begins].lower() in _NOT_IN_FRONT:
        begins += 1
    city = " ".join(words[begins:])
    if city.islower() or (city.isupper() and len(city) > len("NYC")):
        city = "-".join(part.title() for part in city.split("-"))
    return city or None


def city_before(text: str, position: int) -> tuple[str | None, int, bool]:
    """The city in front of a state, where it begins, and whether a comma parts the two."""
    head = text[max(0, position - _MOST_WORDS * _LONGEST_WORD) : position]
    offset = position - len(head)
    head = head.rstrip()
    comma = head.endswith(",")
    head = head.rstrip(", \t\r\n") if comma else head
    found: list[str] = []
    begins = position
    cased = False
    while len(found) < _MOST_WORDS and (match := _WORD_BACK.search(head)):
        word = match[0]
        cased = cased or word[0].isupper()
        if _ends_city(word, cased, bool(found)):
            break
        found.insert(0, word)
        begins = offset + match.start()
        head = head[: match.start()].rstrip(_BLANKS)
    return _spelled(found), begins, comma


def city_behind(text: str, position: int) -> tuple[str | None, int]:
    """The city that begins at a position, and where it ends."""
    found: list[str] = []
    ends = position
    cased = False
    while len(found) < _MOST_WORDS:
        while text[position : position + 1] in (" ", "\t"):
            position += 1
        match = _WORD_ON.match(text, position)
        if not match:
            break
        word = match[0]
        full_stop = word.endswith(".") and word.lower() not in _SHORTENED
        word = word.rstrip(".") if full_stop else word
        cased = cased or word[0].isupper()
        if _ends_city(word, cased, bool(found)):
            break
        found.append(word)
        position = ends = match.end() - full_stop
        if full_stop:
            break
    return _spelled(found), ends
