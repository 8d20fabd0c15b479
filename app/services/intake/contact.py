"""Phone numbers and email addresses in what a client says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.services.intake.utterance import CUT, Utterance

_OWN = r"(?:\b(?:my|the|our)\s+)?(?:\b(?:new|correct|right|best|actual|personal|work|home)\s+)*"
_LINK = r"(?:\s*(?:\b(?:is|are|be|should|to|at|on|actually|now|it's|address|number|no\.?)\b|[:=#-]))*\s*$"
_ANY_LINK = re.compile(
    r"(?:\b(?:or|and|also|you|can|please|may|at|on|via|it's|it is|reach|call|text|me|is|by)\b\s*){1,8}$"
)
_EMAIL_LABEL = re.compile(_OWN + r"\be-?mail(?:\s+address)?" + _LINK)
_PHONE_LABEL = re.compile(
    _OWN + r"(?:\b(?:phone|cell|mobile|telephone|tel|contact|cellphone)\b\.?\s*)*"
    r"\b(?:number|phone|cell|mobile|telephone|tel|cellphone)\b\.?" + _LINK
)
_OTHERS = re.compile(
    r"(?:\b(?:his|her|their|your)|(?:[^\W\d_]|\b)'s|s')\s+(?:\w+\s+){0,2}(?:e-?mail|phone|number|cell|mobile)\b[^.;!?]*$"
)
_NEGATED = re.compile(
    r"(?:\bnot|n't|\binstead of|\brather than|\bold (?:one|number|email) (?:is|was))\s*$"
)

_EMAIL = re.compile(r"[^\s,;:<>()\[\]\"" + CUT + r"]+")
_PHONE = re.compile(
    r"(?<![\w$€£.])(?:\+\s?)?\(?\d(?:[\s().\-\u2010-\u2013/]{0,3}\d){5,16}(?![\w@])"
    r"(?:\s{0,2}(?:ext\.?|extension|x)\s{0,2}\d{1,6}\b)?"
)
_DIGIT = re.compile(r"\d")
_LOCAL_MAX = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact in a message. `value` is None when it can't be one; `own` when it was said to be
    the client's ("my email is ..."), not merely mentioned."""

    value: str | None
    own: bool
    start: int
    end: int


def parse_email(text: str) -> str | None:
    """The normalised address, or None. Whether the domain takes mail is not asked."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def parse_phone(text: str) -> str | None:
    """E.164, or None. A number without a country code is one of the United States."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _heard(
    said: Utterance, value: str | None, start: int, end: int, label: re.Pattern[str]
) -> Heard | None:
    """None for another person's, and for one that the client takes back ("not jane@old.com")."""
    lead = said.before(start)
    if _NEGATED.search(lead) or _OTHERS.search(lead):
        return None
    named = label.search(lead) or _ANY_LINK.search(lead)
    own = named is not None and named.re is label
    return Heard(value, own, start - len(named[0]) if named else start, end)


def emails(said: Utterance) -> Iterator[Heard]:
    if "@" not in said.text:
        return
    for match in _EMAIL.finditer(said.text):
        word = match[0].strip(".!?'`*_")
        if "@" not in word:
            continue
        start = match.start() + match[0].index(word)
        heard = _heard(said, parse_email(word), start, start + len(word), _EMAIL_LABEL)
        if heard:
            yield heard


def phones(said: Utterance) -> Iterator[Heard]:
    if not _DIGIT.search(said.text):
        return
    for match in _PHONE.finditer(said.text):
        heard = _heard(said, parse_phone(match[0]), match.start(), match.end(), _PHONE_LABEL)
        if heard:
            yield heard
