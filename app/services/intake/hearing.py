"""Which email address and phone number in a message are accepted as the client's."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from app.services.intake.claims import Claims
from app.services.intake.facts import Contact, Facts, Unsure
from app.services.intake.listening.agreement import agreement
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.emails import likely_meant
from app.services.intake.listening.phones import is_date, parse_phone
from app.services.intake.listening.utterance import Utterance
from app.services.intake.notes import joined

_AREA_CODE, _LOCAL, _FULL = 3, 7, 10
_SEVEN_DIGITS = re.compile(r"(?<![\d/#$.-])\d{3}[ .-]?\d{4}(?![\d/-])")
_MERE_PROVIDER = 5
"""Words of a message that says nothing else than the provider of an address."""
_TAIL = range(2, 5)
"""Digits that are corrected alone."""


def hear_contact(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> None:
    """Accept a value that answers our question or that the client calls their own. If the client
    speaks of other people and neither is true, the value waits until the client confirms it."""
    asked = facts.asks(kind)
    if not heard and not asked and kind not in facts.unsure:
        return
    confirmed = _confirmed(facts, said, kind, heard)
    claims = Claims.of(facts, said, kind, heard)
    trusted = claims.trusted(asked=asked, settled=facts.settled)
    for one in claims.heard:
        if one in trusted or (one.value is None and asked):
            one.take_from(said)
    if trusted:
        believe(facts, kind, trusted[-1 if claims.corrects or claims.known else 0])
    elif claims.known and not confirmed:
        _doubt_known(facts, claims)
    elif not (confirmed or facts.settled):
        _doubt(facts, claims)


def _doubt_known(facts: Facts, claims: Claims) -> None:
    """Another value alone, without a word: the agent asks whether to use it instead. A question
    that the client passes over is asked only once, and the value goes to the description."""
    passed_over = facts.unsure.pop(claims.kind, None)
    if passed_over and facts.settled:
        facts.told = joined(facts.told, passed_over.value)
    other = claims.alone
    if other and other.value not in (claims.known, *facts.disowned):
        facts.unsure[claims.kind] = Unsure(str(other.value), instead=True)
        other.take_from(claims.said)


def _doubt(facts: Facts, claims: Claims) -> None:
    """Keep a value that may be another person's until the client confirms it; remember an invalid
    one."""
    waiting = claims.untold or claims.offered
    if not waiting and facts.asks(claims.kind):
        waiting = claims.lent
    invalid = {one.whose for one in claims.heard if one.value is None}
    if waiting:
        lent = waiting[0].whose == "others"
        facts.unsure[claims.kind] = Unsure(str(waiting[0].value), lent=lent)
    elif facts.asks(claims.kind):
        mistyped = not invalid.isdisjoint({"own", "untold"})
        has_none = claims.said.has(f"said.no_{claims.kind}")
        facts.trouble[claims.kind] = "invalid" if mistyped else "none" if has_none else "absent"
    elif "own" in invalid:
        facts.trouble[claims.kind] = "invalid"


def believe(facts: Facts, kind: Contact, one: Heard) -> None:
    """Store a value; one with a probable typing error only if the client writes it again."""
    value = str(one.value)
    guess = likely_meant(value) if kind == "email" else None
    doubted = facts.unsure.get("email")
    if guess and not (doubted and doubted.value == value):
        facts.unsure["email"] = Unsure(value, guess)
        facts.trouble.pop("email", None)
        return
    if getattr(facts, kind) == value:
        facts.unsure.pop(kind, None)
    else:
        facts.store(kind, value)


def _confirmed(facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> bool:
    """Apply the answer to "is that your own?": yes accepts the value, no drops it. The part that we
    guessed ("*gmail.com") is a yes."""
    doubted = facts.unsure.get(kind)
    if doubted is None or any(one.value for one in heard):
        return False
    answer = agreement(said) if facts.confirming == kind else None
    meant = doubted.guess is not None and _names_provider(doubted.guess, said)
    if answer == "no" and not meant:
        del facts.unsure[kind]
        facts.disowned |= {doubted.value}
        facts.added = "kept" if facts.settled else None
    elif answer == "yes" or meant:
        facts.store(kind, doubted.guess or doubted.value)
        if meant and len(said.words) <= _MERE_PROVIDER:
            said.take(0, len(said.text))
    else:
        return False
    return True


def _names_provider(address: str, said: Utterance) -> bool:
    """ "*gmail.com", "oops, gmail", ".com not .con"."""
    domain = address.rpartition("@")[2]
    ending = said.low.strip(" *\"'").startswith(f".{domain.rpartition('.')[2]}")
    return ending or domain in said.low or domain.partition(".")[0] in said.words


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
    value = parse_phone(told[-1] + str(facts.phone)[-_LOCAL:]) if told else None
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
    value = parse_phone(facts.phone[: -len(told[-1])] + told[-1]) if told else None
    if value and value != facts.phone:
        facts.store("phone", value)
