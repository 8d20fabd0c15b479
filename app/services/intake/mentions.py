"""States and countries in running text, each with the city in front of it."""

import re
from dataclasses import dataclass

from app.services.intake.city import city_before
from app.services.intake.everyday_words import word_set
from app.services.intake.regions import COUNTRIES, STATES, Region
from app.services.intake.utterance import CUT, WORD, Utterance

_WORD = re.compile(r"[^\W\d_][\w'-]*(?:\.[^\W\d_](?:\.[^\W\d_])?\.?)?")
_BETWEEN = re.compile(r"[\s,]*")
_ZIP = re.compile(r"[\s,]*\d{5}(?:-\d{4})?\b")
_OPENS = ("", ",", ";", ".", "!", "\n", CUT)
_CODE = 2
_NEAR = 20
_WORDS_TOO = word_set("al as co ct de hi id in la ma me mi mo ms ne oh ok or pa va")
_MOST = 20
"""More places than anyone has: further ones in a message are not read."""


def _by_first_word() -> dict[str, list[str]]:
    """The full names, the longest first: "Washington DC" before "Washington"."""
    found: dict[str, list[str]] = {}
    for name in sorted({*STATES, *COUNTRIES}, key=len, reverse=True):
        if len(name) > _CODE:
            found.setdefault(name.split()[0], []).append(name)
    return found


_FULL = _by_first_word()
_SIGNS = {word for name in _FULL for word in WORD.findall(name)[:1]} | {
    code for code in STATES if len(code) == _CODE
}


@dataclass(slots=True)
class Mention:
    """`start` is where the city begins, if there is one; `comma`: one parts city and region."""

    region: Region
    written: str
    code: bool
    start: int
    end: int
    city: str | None = None
    comma: bool = False

    @property
    def word_too(self) -> bool:
        """Whether it is a code that is a word as well: `OR`, `me`."""
        return self.code and self.written.lower() in _WORDS_TOO


def begins_clause(said: Utterance, start: int) -> bool:
    return said.text[max(0, start - _NEAR) : start].rstrip(" \t")[-1:] in _OPENS


def ends_clause(said: Utterance, end: int) -> bool:
    return said.text[end : end + _NEAR].lstrip(" \t")[:1] in (*_OPENS, "?")


def _regions(said: Utterance, words_too: bool) -> list[Mention]:
    found: list[Mention] = []
    if said.words.isdisjoint(_SIGNS):
        return found
    for match in _WORD.finditer(said.low):
        if len(found) == _MOST:
            break
        word, start = match[0], match.start()
        if found and start < found[-1].end:
            continue
        if len(word) == _CODE and word in STATES:
            written = said.text[start : match.end()]
            if words_too or word not in _WORDS_TOO or written.isupper():
                found.append(Mention(STATES[word], written, True, start, match.end()))
        for name in _FULL.get(word, ()):
            end = start + len(name)
            if said.low.startswith(name, start) and not _goes_on(said.low[end : end + 1]):
                region = STATES.get(name) or COUNTRIES[name]
                found.append(Mention(region, said.text[start:end], False, start, end))
                break
    return found


def _goes_on(following: str) -> bool:
    return following.isalnum() or following in ("'", "-", "_") if following else False


def _touches(said: Utterance, last: Mention, found: Mention) -> bool:
    return _BETWEEN.fullmatch(said.text, last.end, found.start) is not None


def mentions(said: Utterance, *, words_too: bool) -> list[Mention]:
    """Takes "North Carolina, USA" and "Kansas City, MO" as one mention each. `words_too`: codes
    that are words count in lower case as well ("portland, or")."""
    joined: list[Mention] = []
    for found in _regions(said, words_too):
        last = joined[-1] if joined else None
        if last and not last.code and _touches(said, last, found):
            if found.region.state is None and found.region.country == last.region.country:
                last.end = found.end
                continue
            if not last.city:
                found.comma = "," in said.text[last.end : found.start]
                found.city, found.start = said.text[last.start : last.end], last.start
        if not found.city:
            found.city, found.start, found.comma = city_before(said.text, found.start)
        while joined and joined[-1].end > found.start:
            joined.pop()
        zipped = _ZIP.match(said.text, found.end)
        found.end = zipped.end() if zipped else found.end
        joined.append(found)
    return joined
