"""A phone number that is told in parts: without its area code, or its last digits corrected."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from app.services.intake.facts import Facts
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.phones import is_date, parse_phone
from app.services.intake.listening.utterance import Utterance

_AREA_CODE, _LOCAL, _FULL = 3, 7, 10
_SEVEN_DIGITS = re.compile(r"(?<![\d/#$.-])\d{3}[ .-]?\d{4}(?![\d/-])")
_TAIL = range(2, 5)
"""Digits that are corrected alone."""


def hear_area_code(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> None:
    """A number of seven digits waits for its area code."""
    whole = any(one.kind == "phone" and one.value for one in heard)
    if facts.phone and not (whole or "phone" in facts.news):
        _correct_area_code(facts, said)
    if not facts.asks("phone") or "phone" in facts.news or whole:
        facts.local = None
        return
    lists = said.language.lists
    mere = lists["area_code"]
    rest = {word for word in said.words if not word.isdecimal()}
    alone = (mere | lists["filler"] | lists["courtesy"] | lists["correcting"]).issuperset(rest)
    digits = _digits(said.text) if alone else ""
    if len(digits) == _LOCAL + _AREA_CODE and not mere.isdisjoint(rest):
        _complete(facts, _beside_area_code(said, digits, mere))
    elif facts.local and len(digits) == _AREA_CODE:
        _complete(facts, digits + facts.local)
        said.take(0, len(said.text))
    elif facts.local and facts.phone and not lists["same"].isdisjoint(said.words):
        _complete(facts, facts.phone[-_FULL:-_LOCAL] + facts.local)
    elif (local := _local_number(said, digits)) and not said.has("others.near"):
        facts.local = local
        facts.trouble["phone"] = "area"
    elif facts.settled:
        facts.local = None


def _correct_area_code(facts: Facts, said: Utterance) -> None:
    """ "Correction, the area code is 704 not 980": the rest of the known number stays."""
    lists = said.language.lists
    if lists["area_code"].isdisjoint(said.words) or not said.has("said.corrects"):
        return
    told = [
        word
        for before, word in pairwise(said.words)
        if word.isdecimal() and len(word) == _AREA_CODE and before not in lists["denying"]
    ]
    if told:
        _replace(facts, told[-1] + str(facts.phone)[-_LOCAL:])


def _replace(facts: Facts, digits: str) -> None:
    """Store another valid number than the known one."""
    value = parse_phone(digits)
    if value and value != facts.phone:
        facts.store("phone", value)


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _local_number(said: Utterance, digits: str) -> str:
    """A number without its area code: written as one, or the seven `digits` of a message that has
    hardly anything else and is no date."""
    if len(digits) == _LOCAL and not is_date(said.text):
        return digits
    written = _SEVEN_DIGITS.search(said.text)
    return _digits(written[0]) if written else ""


def _beside_area_code(said: Utterance, digits: str, mere: Set[str]) -> str:
    """ "832-1234, area code 919", or the area code first."""
    begin = next(at for at, word in enumerate(said.words) if word in mere)
    code_first = not any(map(str.isdecimal, said.words[:begin]))
    return digits if code_first else digits[_LOCAL:] + digits[:_LOCAL]


def _complete(facts: Facts, digits: str) -> None:
    value = parse_phone(digits)
    if value:
        facts.store("phone", value)
        facts.local = None


def _denies_tail(facts: Facts, said: Utterance) -> bool:
    """ "It's 0187 not 0178", and not the number of a case."""
    denying, tail = said.language.lists["denying"], str(facts.phone)[-_TAIL[-1] :]
    denied = any(one in denying and other == tail for one, other in pairwise(said.words))
    return denied and not said.has("others.near")


def hear_tail(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> None:
    """ "No, sorry, 0179 at the end": other last digits of the known number, or of the one directly
    before ("..., no wait, 0179")."""
    fresh = "phone" in facts.news
    if facts.phone is None or not (fresh or said.has("said.tail") or _denies_tail(facts, said)):
        return
    if not said.has("said.corrects"):
        return
    values = [(one.start, one.end) for one in heard]
    since = max((end for _, end in values), default=0) if fresh else 0
    former = {one.behind for one in said.spans("denied.contact")}  # "used to be 0118"
    lengths = _TAIL[-1:] if fresh else _TAIL
    rows = zip(["", *said.words], said.words, said.starts, strict=False)
    told = [
        word
        for number, (before, word, start) in enumerate(rows)
        if word.isdecimal()
        and number not in former
        and len(word) in lengths
        and before not in said.language.lists["denying"]
        and start >= since
        and not any(first <= start < behind for first, behind in values)
    ]
    if told:
        _replace(facts, facts.phone[: -len(told[-1])] + told[-1])
