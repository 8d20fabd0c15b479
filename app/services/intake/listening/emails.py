"""Email addresses as they are written, and well-known providers misspelled."""

import re
from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from app.services.intake.languages.loading import word_set
from app.services.intake.languages.spelling import one_error

_STOPS = frozenset(' \t\r\n,;:<>()[]{}"|\x00')
_AROUND = ".!?'`*_"
_LONGEST_LOCAL, _LONGEST_DOMAIN = 70, 260
_BLANKS = 2
_SPACED_POINT = re.compile(r"(?<=[^\W_]) \. (?=[^\W_])")
_LATE_POINT = re.compile(r"(@[^\s@,.]{1,60}) \.(?=(?:com|net|org|edu)\b)", re.IGNORECASE)
_COMMA = re.compile(r"(@[^\s@,.]{1,60}),(?=(?:com|net|org|edu)\b)", re.IGNORECASE)
_JOINT = "\x01"
"""In no text, and as long as a blank, so that positions stay."""
_JOINED_POINT = f"{_JOINT}.{_JOINT}"

_PROVIDERS = word_set(
    "gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com comcast.net verizon.net "
    "protonmail.com msn.com live.com att.net bellsouth.net"
)
_REAL = word_set(
    "mail.com ymail.com gmx.com email.com aim.com me.com mac.com live.ca mail.co yahoo.ca "
    "hotmail.ca aol.de live.de proton.me"
)
"""Domains that resemble a provider's but are correct."""
DOMAINS = frozenset(part for one in _PROVIDERS | _REAL for part in one.split("."))
"""The words of well-known providers."""


def parse_email(text: str) -> str | None:
    """The normalised address, or None. Does not check whether the domain accepts mail."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def written_emails(text: str) -> Iterator[tuple[str | None, int, int]]:
    """Each word with an `@`, even with a blank beside it; its start and end."""
    written = text
    text = _COMMA.sub(r"\1.", _SPACED_POINT.sub(_JOINED_POINT, text))
    text = _LATE_POINT.sub(rf"\1{_JOINT}.", text)
    position = text.find("@")
    behind = 0
    while position >= 0:
        start = _back(text, position, behind)
        end = _on(text, position + 1)
        word = text[start:end]
        lead = len(word) - len(word.lstrip(_AROUND))
        trimmed = word.strip(_AROUND)
        if "@" in trimmed:
            value = parse_email(_uncapped("".join(trimmed.replace(_JOINT, "").split())))
            value = None if text[: start + lead].endswith(",") and text != written else value
            value = None if _goes_back(text, start, position) else value
            yield value, start + lead, start + lead + len(trimmed)
        behind = max(end, position + 1)
        position = text.find("@", behind)


def _goes_back(text: str, start: int, position: int) -> bool:
    """ "jane grace 22 @ gmail . com": words before belong to the address, and nobody knows how."""
    spaced = text[position - 1 : position] == " " and text[start:position].strip().isdecimal()
    return spaced and text[:start].rstrip()[-1:].isalpha()


def _uncapped(address: str) -> str:
    """ "JANE@AOL.COM": nobody has capitals alone in their address."""
    return address.lower() if address.isupper() else address


def is_in_an_address(text: str, position: int) -> bool:
    """Whether the word at a position is part of a longer one with an `@`."""
    begin, end = position, position
    while begin > 0 and position - begin < _LONGEST_LOCAL and text[begin - 1] not in _STOPS:
        begin -= 1
    while end < len(text) and end - position < _LONGEST_LOCAL and text[end] not in _STOPS:
        end += 1
    return "@" in text[begin:end]


def _back(text: str, position: int, least: int) -> int:
    start = position
    blanks = 0
    while start > least and text[start - 1] == " " and blanks < _BLANKS:
        start, blanks = start - 1, blanks + 1
    word = start
    while word > least and position - word < _LONGEST_LOCAL and text[word - 1] not in _STOPS:
        word -= 1
    if blanks and (word == start or text[position + 1 : position + 2] != " "):
        return position
    return word


def _on(text: str, position: int) -> int:
    end = position
    while end < len(text) and text[end] == " " and end - position < _BLANKS:
        end += 1
    if end > position and text[position - 2 : position - 1] != " ":
        return position
    first = end
    while end < len(text) and end - first < _LONGEST_DOMAIN and text[end] not in _STOPS:
        end += 1
    return end


def at_provider(address: str) -> bool:
    """Whether the address is at a well-known provider."""
    return address.rpartition("@")[2] in _PROVIDERS | _REAL


def likely_meant(address: str) -> str | None:
    """The address at a well-known provider that is one typing error away from this one."""
    local, _, domain = address.rpartition("@")
    if at_provider(address):
        return None
    for provider in sorted(_PROVIDERS):
        if one_error(domain, provider):
            return f"{local}@{provider}"
    return None
