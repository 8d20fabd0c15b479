"""Addresses and numbers that are spelled out in words: "jane dot doe at gmail dot com"."""

from collections.abc import Iterator, Mapping

from app.services.intake.listening.emails import at_provider, is_in_an_address, parse_email
from app.services.intake.listening.phones import parse_phone
from app.services.intake.listening.utterance import Utterance

_FEWEST, _MOST = 7, 15
_LONGEST_ADDRESS = 12
"""Words of a spelled address on one side of the at sign."""
_TOP_LEVEL = range(2, 7)
_SHORTEST_NUMBER = 3
_FULL = 10
"""Digits of a number with its area code."""


def _signs(said: Utterance) -> Mapping[str, str]:
    lists = said.language.lists
    signs = dict.fromkeys(lists["dot_sign"], ".")
    signs |= dict.fromkeys(lists["underscore_sign"], "_")
    return signs | dict.fromkeys(lists["dash_sign"], "-")


def _text_behind(said: Utterance, number: int) -> str:
    """The text between a word and the next."""
    return said.text[said.behinds[number] : said.starts[number + 1]]


def spoken_emails(said: Utterance) -> Iterator[tuple[str | None, int, int, bool]]:
    """Each spelled address; a written point counts like "dot". The flag is False for words that may
    be none: "look at walmart dot com"."""
    signs, ats = _signs(said), said.language.lists["at_sign"]
    for at, word in enumerate(said.words):
        if word not in ats or _leads_to_written(said, at):
            continue
        local, first = _local(said, at, signs)
        domain, behind = _domain(said, at, signs)
        value = parse_email(f"{local}@{domain}") if local and "." in domain else None
        if value:
            surely = _surely(said, value, first, behind)
            yield value, said.starts[first], said.behinds[behind - 1], surely


def _leads_to_written(said: Utterance, at: int) -> bool:
    """ "Email me at first.last@school.edu": the address behind is not spelled out."""
    behind = said.starts[at + 1 : at + 2]
    return "@" in said.text and bool(behind) and is_in_an_address(said.text, behind[0])


def _surely(said: Utterance, value: str, first: int, behind: int) -> bool:
    """Nothing else was said; or the part before the at sign is no word of the language, and begins
    a sentence or is at a well-known provider."""
    local = value.partition("@")[0]
    begins = first == 0 or said.ends[first - 1] == first
    if (begins and behind == len(said.words)) or not local.isalpha():
        return True
    return (begins or at_provider(value)) and not said.language.knows(local)


def _local(said: Utterance, at: int, signs: Mapping[str, str]) -> tuple[str, int]:
    """The words before the at sign that are joined by signs, and the first one's number."""
    first = at - 1
    if first < 0:
        return "", at
    parts = [_digits_of(said, first)]
    while first > 0 and at - first < _LONGEST_ADDRESS:
        pair = "_".join(said.words[max(0, first - 2) : first])
        if first > 2 and pair in signs:  # "guion bajo"
            parts += [signs[pair], said.written(first - 3)]
            first -= 3
        elif first > 1 and said.words[first - 1] in signs:
            parts += [signs[said.words[first - 1]], said.written(first - 2)]
            first -= 2
        elif _text_behind(said, first - 1) in (".", "_", "-"):
            parts += [_text_behind(said, first - 1), said.written(first - 1)]
            first -= 1
        elif _belongs(said, first):
            parts.append(said.written(first - 1))
            first -= 1
        else:
            break
    parts[0] = parts[0] if len(parts) > 1 else said.written(at - 1)
    return "".join(reversed(parts)), first


def _digits_of(said: Utterance, number: int) -> str:
    """ "Rosie nineteen at ...": a number in words, behind something else."""
    return _number_at(said, number) or said.written(number)


def _number_at(said: Utterance, number: int) -> str | None:
    """The digits of a number word; "o" and "oh" are letters too."""
    word = said.words[number]
    return said.language.numbers.get(word) if len(word) >= _SHORTEST_NUMBER else None


def _belongs(said: Utterance, number: int) -> bool:
    """Whether the word before is in the same address, without a sign between: "l e e", "d poe",
    "amy poe 82"."""
    before, filler = said.words[number - 1], said.language.lists["filler"]
    signs = _signs(said)
    if said.words[number].isdecimal() or _number_at(said, number):
        return before not in filler or said.words[max(0, number - 2)] in signs
    return len(before) == 1 and (len(said.words[number]) == 1 or before not in filler)


def _domain(said: Utterance, at: int, signs: Mapping[str, str]) -> tuple[str, int]:
    """The words behind the at sign that are joined by points, and the number behind the last. The
    point of a well-known provider may be missing."""
    behind = at + 2
    if behind > len(said.words):
        return "", behind
    parts = [said.written(at + 1)]
    while behind < len(said.words) and behind - at < _LONGEST_ADDRESS:
        if behind + 1 < len(said.words) and said.words[behind] in signs:
            parts += [signs[said.words[behind]], said.written(behind + 1)]
            behind += 2
        elif _text_behind(said, behind - 1) == ".":
            parts += [".", said.written(behind)]
            behind += 1
        else:
            break
    if len(parts) == 1 and behind < len(said.words):
        # "gmail com"
        spoken = f"{parts[0]}.{said.written(behind)}"
        if at_provider(f"@{spoken}"):
            return spoken, behind + 1
    top = parts[-1]
    return ("".join(parts) if len(top) in _TOP_LEVEL and top.isalpha() else ""), behind


def spoken_phones(said: Utterance, region: str) -> Iterator[tuple[str | None, int, int, bool]]:
    """Each sequence of number words and digits as long as a phone number. The flag is False for
    words that may be another number: without an area code, or not valid."""
    number = 0
    while number < len(said.words):
        digits, behind, in_words = _row(said, number)
        if in_words and _FEWEST <= len(digits) <= _MOST:
            value = parse_phone(digits, region)
            surely = value is not None and len(digits) >= _FULL
            yield value, said.starts[number], said.behinds[behind - 1], surely
        number = max(behind, number + 1)


def _row(said: Utterance, first: int) -> tuple[str, int, bool]:
    """The digits from a word on, the number behind the last, and whether words are among them."""
    values = said.language.numbers
    times = said.language.lists["double_sign"], said.language.lists["triple_sign"]
    digits, number, in_words, repeat = "", first, False, 1
    while number < len(said.words) and len(digits) <= _MOST:
        word = said.words[number]
        if word in times[0] or word in times[1]:
            repeat = 2 if word in times[0] else 3
        elif word in values:
            value = values[word]
            if len(value) == 1 and digits.endswith("0") and _tens(said, number, values):
                digits = digits[:-1]
            digits, in_words, repeat = digits + value * repeat, True, 1
        elif word.isdecimal() and word.isascii():
            digits, repeat = digits + word * repeat, 1
        else:
            break
        number += 1
    return digits, number, in_words


def _tens(said: Utterance, number: int, values: Mapping[str, str]) -> bool:
    """Whether the word before is a ten that this digit belongs to: "thirty four"."""
    before = values.get(said.words[number - 1], "") if number else ""
    return len(before) == 2 and before.endswith("0") and before != "10"
