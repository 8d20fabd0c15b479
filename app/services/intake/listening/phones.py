"""Phone numbers as they are written."""

import re
from collections.abc import Iterator
from itertools import groupby

import phonenumbers

_RUN = re.compile(r"[+(]?\d[\d \t()./+\u2010-\u2015\u2212-]*")
_LETTER_AS_DIGIT = re.compile(r"(?<=\d)[lIoO](?=\d)|(?<=\d[ -])[oO](?=\d{3}\b)")
_GROUP = re.compile(r"\+?\d+")
_VANITY = re.compile(r"[\w-]+")
_NOT_IN_FRONT = "$€£.@#/"
_FEWEST, _MOST = 7, 15
_FULL = 10
_LONGEST_RUN = 400
_AREA_CODE_CLOSES = range(4, 7)
"""Where the bracket of "(919)" closes; others are around more: "Acme (919-..., x@acme.com)"."""
_LETTERS = 3
_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d\d){1,2}")
_NO_CODE = (1, 4, 5)
"""Digits in front of a number that are no country's code: an hour, a tail, a ZIP code."""


def parse_phone(text: str, region: str = "US") -> str | None:
    """E.164, or None. A number without a country code belongs to `region`."""
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_date(text: str) -> bool:
    """ "8/12/2025"."""
    return _DATE.fullmatch(text.strip()) is not None


def shown(phone: str) -> str:
    """In readable form: an American number in three groups, others with their country code."""
    number = phonenumbers.parse(phone)
    if number.country_code == 1:
        digits = phone.removeprefix("+1")
        return f"+1 {digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def written_phones(text: str, region: str) -> Iterator[tuple[str | None, int, int]]:
    """Each run of digits as long as a phone number; its start and end."""
    text = _LETTER_AS_DIGIT.sub(lambda letter: "1" if letter[0] in "lI" else "0", text)
    for match in _RUN.finditer(text):
        run = match[0][:_LONGEST_RUN].rstrip(" \t(./+-")
        start, end = match.start(), match.start() + len(run)
        if run.startswith("(") and run.find(")") not in _AREA_CODE_CLOSES:
            run, start = run[1:].partition(")")[0], start + 1
            end = start + len(run)
        if _belongs_to_a_word(text, start, end):
            yield from _vanity(text, start, region)
            continue
        for value, first, last in _numbers(run, region):
            yield value, start + first, start + last


def _belongs_to_a_word(text: str, start: int, end: int) -> bool:
    before, before_that = text[start - 1 : start], text[max(0, start - 2) : start - 1]
    joined = before == "-" and before_that.isalnum()
    after = text[end : end + 1]
    extension = text[end : end + 2].lower() in ("ex", "x1", "x2", "x3", "x4", "x5", "x6", "x7")
    return (
        before.isalnum()
        or before in tuple(_NOT_IN_FRONT)
        or joined
        or ((after.isalnum() or after == "@") and not extension)
        or (after == "-" and text[end + 1 : end + 2].isalnum())
    )


def _vanity(text: str, start: int, region: str) -> Iterator[tuple[str | None, int, int]]:
    """ "1-800-FLOWERS": three or more letters that represent digits."""
    match = _VANITY.match(text, start)
    word = match[0][:_LONGEST_RUN] if match else ""
    letters = sum(map(str.isalpha, word))
    if "-" in word and _LETTERS <= letters <= _FULL and word.upper() == word:
        value = parse_phone(word, region)
        if value:
            yield value, start, start + len(word)


def _numbers(run: str, region: str) -> Iterator[tuple[str | None, int, int]]:
    """The run as one number or, if it is too long, as several, group by group. Digits in front are
    no part of it: "after 6 919-832-1234", "it ends in 0278. 828-555-0278"."""
    groups = [(match[0], match.start(), match.end()) for match in _GROUP.finditer(run)]
    digits = sum(len(text) for text, _, _ in groups)
    if digits < _FEWEST:
        return
    if digits <= _MOST:
        value = parse_phone(run, region)
        if value is None and is_date(run):
            return
        front = len(groups[0][0])
        behind = groups[1][1] if front in _NO_CODE and front == digits - _FULL else 0
        late = parse_phone(run[behind:], region) if behind and value is None else None
        if late or value or digits < 2 * _FEWEST:
            yield (late, behind, len(run)) if late else (value, 0, len(run))
            return
    for number in _split(groups):
        written = run[number[0][1] : number[-1][2]]
        if sum(map(str.isdigit, written)) >= _FEWEST:
            yield parse_phone(written, region), number[0][1], number[-1][2]


def _split(groups: list[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Groups of digits as numbers: one is complete at ten digits, or eleven with the 1."""
    number = 0
    digits = 0
    numbered = []
    for group in groups:
        text = group[0]
        if digits >= _FULL or text.startswith("+"):
            number, digits = number + 1, 0
        digits += len(text) - (digits == 0 and text in ("1", "+1"))
        numbered.append((number, group))
    for _, members in groupby(numbered, key=lambda pair: pair[0]):
        yield [group for _, group in members]
