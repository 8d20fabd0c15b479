"""Phone numbers and email addresses in what a client says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.services.intake.labels import EMAIL_NOUNS, PHONE_NOUNS, label_in_front
from app.services.intake.utterance import CUT, Utterance

_EMAIL = re.compile(r"[^\s,;:<>()\[\]\"" + CUT + r"]+")
_AROUND_EMAIL = ".!?'`*_"
_PHONE = re.compile(
    r"(?<![\w$€£.])(?<!\w-)(?:\+\s?)?\(?\d(?:[\s().\-\u2010-\u2013/]{0,3}\d){5,16}(?![\w@])"
    r"(?:\s{0,2}(?:ext\.?|extension|x)\s{0,2}\d{1,6}\b)?"
)
_DIGIT = re.compile(r"\d")
_MOST = 10
"""More than anyone has: further ones in a message are not read."""


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


def emails(said: Utterance) -> Iterator[Heard]:
    """The client's addresses; not another person's, nor one that is taken back."""
    if "@" not in said.text:
        return
    words = (match for match in _EMAIL.finditer(said.text) if "@" in match[0])
    for match in islice(words, _MOST):
        word = match[0].strip(_AROUND_EMAIL)
        start = match.start() + match[0].index(word)
        label = label_in_front(said.before(start), EMAIL_NOUNS)
        if not (label.others or label.denied):
            value = parse_email(word)
            yield Heard(value, label.named, start - label.length, start + len(word))


def phones(said: Utterance) -> Iterator[Heard]:
    """The client's numbers; not another person's, nor one that is taken back."""
    if not _DIGIT.search(said.text):
        return
    for match in islice(_PHONE.finditer(said.text), _MOST):
        label = label_in_front(said.before(match.start()), PHONE_NOUNS)
        if not (label.others or label.denied):
            value = parse_phone(match[0])
            yield Heard(value, label.named, match.start() - label.length, match.end())
