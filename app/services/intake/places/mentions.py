"""States and countries in running text, each with the city before it or after it."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.services.intake.languages import Sentences
from app.services.intake.listening.clauses import begins_clause, ends_clause
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.cities import city_before, city_behind, spelled
from app.services.intake.places.forms import line_of_state
from app.services.intake.places.regions import (
    CODES,
    FIRST_WORDS,
    LETTERS,
    REGION_BOOK,
    REGIONS,
    WORDS_TOO,
    Region,
)
from app.services.intake.places.towns import is_town

_BETWEEN = re.compile(r"[\s,]*")
_ZIP = re.compile(r"[\s,]{0,4}(\d{5})(?:-\d{4})?(?!\w)")
_INSIDE = re.compile(r"[ ]{0,3}(?:,|-|\.|\u2013|\()?[ ]{0,3}(?:\b(?:in|en) {1,3})?")
_CODE = 2
_WORDS = frozenset("aiyo")
"""Letters that are words, in English or Spanish."""
_MOUNT = "mt"
"""Montana, and "Rocky Mt"."""
MOST: Final = 20
"""More places than anyone has: further ones in a message are not read."""


@dataclass(slots=True)
class Mention:
    """`start` is the start of the city, if there is one; `joined`: a comma, a dash or "in" stands
    between city and region."""

    region: Region
    written: str
    code: bool
    start: int
    end: int
    city: str | None = None
    joined: bool = False

    @property
    def word_too(self) -> bool:
        """Whether it is a code that is also a word: `OR`, `me`."""
        return self.code and self.written.lower() in WORDS_TOO


def _may_name(said: Utterance, words_too: bool) -> bool:
    """A look at the words: most messages name no region. Pairs of letters are for "N.C."."""
    if not FIRST_WORDS.isdisjoint(said.words):
        return True
    if any(
        len(first + other) == _CODE and first in LETTERS for first, other in pairwise(said.words)
    ):
        return True
    codes = WORDS_TOO.intersection(said.words)
    return bool(codes) and (words_too or any(code.upper() in said.text for code in codes))


def _named(said: Utterance) -> list[tuple[int, int, Region, bool]]:
    """The numbers of each region's first word and the word after it; the longest name counts."""
    found: dict[int, tuple[int, int, Region, bool]] = {}
    for one in REGION_BOOK.find(Sentences(said.words, [len(said.words)] * len(said.words))):
        if one.behind > found.get(one.first, (0, 0))[1] and _is_whole(said, one.first, one.behind):
            dotted = len(one.label.replace(" ", "")) == _CODE
            if dotted and _is_no_code(said, one.first, one.behind):
                continue
            found[one.first] = (one.first, one.behind, REGIONS[one.label], dotted)
    return [found[first] for first in sorted(found)]


def _is_no_code(said: Utterance, first: int, behind: int) -> bool:
    """ "Grier, G R I E R": letters beside more letters, or without points and not behind a town
    ("vitamin D C"). A word is none of them."""
    beside = {*said.words[max(0, first - 1) : first], *said.words[behind : behind + 1]}
    more = any(len(word) == 1 and word not in _WORDS for word in beside)
    dotted = "." in said.text[said.starts[first] : said.behinds[behind - 1]]
    towns = (" ".join(said.words[max(0, first - words) : first]) for words in (1, 2))
    return more or not (dotted or first == 0 or any(map(is_town, towns)))


def _is_whole(said: Utterance, first: int, behind: int) -> bool:
    """Excludes parts of a word with a hyphen or an apostrophe, and "Carolina's"."""
    end = said.behinds[behind - 1]
    begins = said.starts[first]
    parted = said.text[end : end + 1] in ("-", "_", "'", "@")
    return not parted and said.text[max(0, begins - 1) : begins] not in ("@", "-", "_")


def _read_regions(said: Utterance, words_too: bool) -> list[Mention]:
    if not _may_name(said, words_too):
        return []
    found: list[Mention] = []
    names = {first: (behind, region, dotted) for first, behind, region, dotted in _named(said)}
    number = 0
    while number < len(said.words) and len(found) < MOST:
        word, start = said.words[number], said.starts[number]
        behind, region, code = names.get(number, (number + 1, CODES.get(word), True))
        end = said.behinds[behind - 1]
        written = said.text[start:end]
        whole = _is_whole(said, number, behind)
        meant = region and whole and (not code or _is_code(said, word, written, end, words_too))
        if region and meant and not said.is_taken(start):
            found.append(Mention(region, written, code, start, _past_point(said, code, end)))
            number = behind
        else:
            number += 1
    return found


def _is_code(said: Utterance, word: str, written: str, end: int, words_too: bool) -> bool:
    """Whether two letters are a state's code: "in" and "me" are words first of all."""
    if word == _MOUNT and is_town(f"{_word_before(said, end)} {word}"):
        return False
    if word not in WORDS_TOO or written.isupper():
        return True
    return words_too and ends_clause(said, end)


def _word_before(said: Utterance, end: int) -> str:
    number = said.word_at(end) - 2
    return said.words[number] if number >= 0 else ""


def _past_point(said: Utterance, code: bool, end: int) -> int:
    """ "N.C.": the point belongs to it."""
    dotted = code and said.text[end : end + 1] == "." and said.text[end - 2 : end - 1] == "."
    return end + 1 if dotted else end


def _touches(said: Utterance, last: Mention, found: Mention) -> bool:
    return _BETWEEN.fullmatch(said.text, last.end, found.start) is not None


def mentions(said: Utterance, *, words_too: bool) -> list[Mention]:
    """Treat "North Carolina, USA" and "Kansas City, MO" as one mention each. `words_too`: codes
    that are words count in lower case as well ("portland, or")."""
    language = said.language.code
    read: list[Mention] = []
    for found in _read_regions(said, words_too):
        last = read[-1] if read else None
        if last and _touches(said, last, found):
            if found.region.state is None and found.region.country == last.region.country:
                last.end = found.end
                continue
            if not last.city and not last.code:
                found.joined = "," in said.text[last.end : found.start]
                found.city = spelled(said.text[last.start : last.end].split())
                found.start = last.start
        line = line_of_state(said.text, found.start, found.end)
        if line:
            found.city, found.start, found.end = line.city, line.start, line.end
            found.joined = True
        elif not found.city:
            found.city, found.start, found.joined = city_before(said.text, found.start, language)
        while read and read[-1].end > found.start:
            read.pop()
        if not (found.city or line):
            _city_inside(said, found, words_too)
        zipped = _ZIP.match(said.text, found.end)
        found.end = zipped.end() if zipped else found.end
        read.append(found)
    return read


def _city_inside(said: Utterance, found: Mention, asked: bool) -> None:
    """Read "North Carolina, in Hickory"; as an answer, also "NC - Hickory", "Hickory in NC"."""
    language = said.language.code
    lead = _INSIDE.match(said.text, found.end)
    between = lead[0].strip() if lead else ""
    if lead and between and (asked or between.endswith(("in", "en"))):
        city, end = city_behind(said.text, lead.end(), language)
        month = str(city).lower() in said.language.lists["month"]  # "to Virginia in May"
        told = city and not month and (city[0].isupper() or ends_clause(said, end))
        if told and _is_alone(said, found, asked):
            found.city, found.end, found.joined = city, end, True
            return
    before = said.text[: found.start].rstrip(" (")
    if asked and before.lower().endswith(" in"):
        city, start, _ = city_before(said.text, len(before) - len(" in"), language)
        if city and begins_clause(said, start):
            found.city, found.start, found.joined = city, start, True


def _is_alone(said: Utterance, found: Mention, asked: bool) -> bool:
    return not found.code or (asked and begins_clause(said, found.start))
