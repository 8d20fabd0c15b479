"""The words that lead up to a phone number or an address, and whose they say it is."""

import re
from dataclasses import dataclass

from app.services.intake.everyday_words import words

_WORD = re.compile(r"[\w'-]+")
_JOINS = " \t\r\n:=#-(<*_\"'"
_LINKS = words(
    "is are be should was to at on actually now it's its address no or and also you can please may "
    "via reach call text me by not isn't than of instead rather called it im i'm"
)
_NEGATIONS = words("not isn't than instead")
_QUALITIES = words(
    "new correct right best actual personal work home own contact direct daytime preferred updated"
)
_OTHERS = words("his her their your")
EMAIL_NOUNS = words("email e-mail mail address emails e-mails")
PHONE_NOUNS = words("phone cell mobile telephone tel number cellphone contact no cell-phone")


@dataclass(frozen=True, slots=True)
class Label:
    """`named`: "my email is", "phone:". `others`: "her number is". `denied`: "not", "my old"."""

    named: bool
    others: bool
    denied: bool
    length: int


_NONE = Label(named=False, others=False, denied=False, length=0)


def label_in_front(lead: str, nouns: frozenset[str]) -> Label:
    """Reads backwards from the fact, word by word, as long as they belong to it."""
    found = list(_WORD.finditer(lead))
    begins = len(lead)
    denied = False
    position = len(found) - 1

    def word() -> str:
        if position < 0:
            return ""
        text = found[position][0]
        gap = lead[found[position].end() : begins].strip(_JOINS)
        return text if not gap or (gap == "." and text in nouns) else ""

    while (link := word()) in _LINKS and link not in nouns:
        denied = denied or link in _NEGATIONS
        begins, position = found[position].start(), position - 1
    linked = begins
    while word() in nouns:
        begins, position = found[position].start(), position - 1
    named = begins < linked
    while (quality := word()) in _QUALITIES or quality == "old":
        denied = denied or quality == "old"
        begins, position = found[position].start(), position - 1
    owner = word()
    if owner in ("my", "our", "the"):
        begins = found[position].start()
    if begins == len(lead):
        return _NONE
    return Label(named, owner in _OTHERS or owner.endswith("'s"), denied, len(lead) - begins)
