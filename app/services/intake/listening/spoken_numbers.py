"""Numbers that are spelled out in words: "nine one nine, eight three two ..."."""

from collections.abc import Iterator, Mapping

from app.services.intake.listening.phones import parse_phone
from app.services.intake.listening.utterance import Utterance

_FEWEST, _MOST = 7, 15
_SHORTEST_NUMBER = 3
_FULL = 10
"""Digits of a number with its area code."""


def number_at(said: Utterance, number: int) -> str | None:
    """The digits of a number or a number word; "o" and "oh" are letters too."""
    word = said.words[number]
    if word.isdecimal():
        return word
    return said.language.numbers.get(word) if len(word) >= _SHORTEST_NUMBER else None


def spoken_phones(said: Utterance, region: str) -> Iterator[tuple[str | None, int, int, bool]]:
    """Each sequence of number words and digits as long as a phone number. The flag is False for
    words that may be another number: without an area code, or not valid."""
    number = 0
    while number < len(said.words):
        digits, behind, in_words = digits_of_row(said, number)
        if in_words and _FEWEST <= len(digits) <= _MOST:
            value = parse_phone(digits, region)
            surely = value is not None and len(digits) >= _FULL
            yield value, said.starts[number], said.behinds[behind - 1], surely
        number = max(behind, number + 1)


def digits_of_row(said: Utterance, first: int) -> tuple[str, int, bool]:
    """The digits from a word on, the number behind the last, and whether words are among them."""
    values = said.language.numbers
    times = said.language.lists["double_sign"], said.language.lists["triple_sign"]
    digits, number, in_words, repeat = "", first, False, 1
    while number < len(said.words) and len(digits) <= _MOST:
        word = said.words[number]
        if word in times[0] or word in times[1]:
            in_words, repeat = True, 2 if word in times[0] else 3
        elif word in values:
            value = values[word]
            if len(value) == 1 and digits.endswith("0") and _tens(said, number, values):
                digits = digits[:-1]
            digits, in_words, repeat = digits + value * repeat, True, 1
        elif word.isdecimal() and word.isascii():
            digits, repeat = digits + word * repeat, 1
        elif not _joins(said, number, values):
            break
        number += 1
    return digits, number, in_words


def _tens(said: Utterance, number: int, values: Mapping[str, str]) -> bool:
    """Whether the word before is a ten that this digit belongs to: "thirty four", "treinta y
    uno"."""
    back = 2 if number > 1 and said.words[number - 1] in said.language.lists["joints"] else 1
    before = values.get(said.words[number - back], "") if number else ""
    return len(before) == 2 and before.endswith("0") and before != "10"


def _joins(said: Utterance, number: int, values: Mapping[str, str]) -> bool:
    """ "treinta y uno"."""
    behind = values.get("".join(said.words[number + 1 : number + 2]), "")
    joint = said.words[number] in said.language.lists["joints"]
    return joint and len(behind) == 1 and _tens(said, number, values)
