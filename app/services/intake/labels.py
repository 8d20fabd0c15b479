"""The words that lead up to a phone number or an address, and whose they say it is."""

import re
from dataclasses import dataclass

from app.services.intake.everyday_words import word_set

_WORD = re.compile(r"[\w'-]+")
_JOINS = " \t\r\n:=#-(<*_\"'"
_LINKS = word_set(
    "is are be should was to at on actually now it's its or and also you can please may via reach "
    "call text me by not isn't than of instead rather called it im i'm"
)
_NEGATIONS = word_set("not isn't than instead")
_QUALITIES = word_set(
    "new old correct right best actual personal work home own contact direct daytime preferred "
    "updated"
)
_MINE = word_set("my our the")
_OTHERS = word_set("his her their your")
EMAIL_NOUNS = word_set("email e-mail mail address emails e-mails")
PHONE_NOUNS = word_set("phone cell mobile telephone tel number cellphone no cell-phone")


@dataclass(frozen=True, slots=True)
class Label:
    """`named`: "my email is", "phone:". `others`: "her number is". `denied`: "not", "my old"."""

    named: bool
    others: bool
    denied: bool
    length: int


class _Front:
    """The words in front of a fact, read from the last one on, as long as they belong to it."""

    def __init__(self, lead: str, nouns: frozenset[str]) -> None:
        self._lead, self._nouns = lead, nouns
        self._words = list(_WORD.finditer(lead))
        self.begins = len(lead)

    def word(self) -> str:
        if not self._words:
            return ""
        last = self._words[-1]
        gap = self._lead[last.end() : self.begins].strip(_JOINS)
        return last[0] if not gap or (gap == "." and last[0] in self._nouns) else ""

    def take(self, wanted: frozenset[str]) -> list[str]:
        taken = []
        while (word := self.word()) in wanted:
            taken.append(word)
            self.begins = self._words.pop().start()
        return taken


def label_in_front(lead: str, nouns: frozenset[str]) -> Label:
    front = _Front(lead, nouns)
    links = front.take(_LINKS)
    named = bool(front.take(nouns))
    qualities = front.take(_QUALITIES)
    front.take(_MINE)
    owner = front.word()
    return Label(
        named=named,
        others=owner in _OTHERS or owner.endswith("'s"),
        denied="old" in qualities or not _NEGATIONS.isdisjoint(links),
        length=len(lead) - front.begins,
    )
