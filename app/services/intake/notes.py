"""The matter in the client's own words: the message without the client's data."""

import re
from collections.abc import Iterator

from app.services.intake.languages.loading import word_set
from app.services.intake.listening.areas import areas_of
from app.services.intake.listening.shares import NONE
from app.services.intake.listening.utterance import Utterance
from app.services.intake.offers import is_more_than_hint

EDGES = " \t\r\n,;:.-|/\u2013\u2014()"
_DANGLERS = word_set(
    "and in at from near is by my or but on y en de mi o pero name email phone telephone tel cell"
)
_ENOUGH_WORDS = 3
_NO_MATTER = 0.3
"""The probability that a question tells no matter, below which it belongs to the description."""
REACH = "said.reach"
_EVENTS = frozenset({"said.sad", "said.hard"})
_MONEY = "$€"
_WORD = re.compile(r"\S+")


def joined(kept: str, more: str) -> str:
    """Two pieces as one text."""
    if not kept or not more:
        return kept or more
    joint = ". " if more[0].isupper() and kept[-1:] not in ".?!" else " "
    if not more[0].isupper() and kept[-1:].isalnum():
        joint = ". "
    return f"{kept}{joint}{more}"


def told(said: Utterance) -> str:
    """The message, sentence by sentence, without extracted facts, mere courtesies and questions to
    us."""
    kept = ""
    for first, behind, start, end in _sentences(said):
        if _asks_us(said, first, behind):
            continue
        sentence = ""
        for begin, stop in pieces(said, start, end):
            piece, cut = said.text[begin:stop], stop < end
            trimmed = _trimmed(said, piece, first=not kept and not sentence, cut=cut)
            if trimmed:
                joint = " " if not sentence or not trimmed[0].isupper() else ". "
                sentence = f"{sentence}{joint}{trimmed}" if sentence else trimmed
        if sentence:
            mark = said.text[end - 1 : end] if said.text[end - 1 : end] in ("!", "?") else ""
            sentence = sentence + mark if mark and not sentence.endswith(mark) else sentence
            kept = f"{kept}{'' if kept[-1:] in '?!' else '.'} {sentence}" if kept else sentence
    return kept.rstrip()


def _sentences(said: Utterance) -> Iterator[tuple[int, int, int, int]]:
    """The numbers of each sentence's first word and of the word after it, and its place."""
    start = 0
    for first, behind in said.sentences():
        end = said.starts[behind] if behind < len(said.words) else len(said.text)
        end = len(said.text[:end].rstrip())
        yield first, behind, start, max(end, start)
        start = end
    if not said.words and said.text.strip():
        yield 0, 0, 0, len(said.text.rstrip())


def _asks_us(said: Utterance, first: int, behind: int) -> bool:
    """A question to us is not part of the matter, unless it also describes the matter or an event,
    has an address or number of somebody else, or says how the client may be reached."""
    reach = any(first <= one.first < behind for one in said.spans(REACH))
    if reach or _has_others(said, first, behind):
        return False
    if all(one.first != first for one in said.asked):
        return False
    matter = any(
        first <= one.first < behind and is_more_than_hint(one)
        for one in said.found.get("matter", ())
    )
    event = any(
        first <= one.first < behind for one in said.found.get("said", ()) if one.label in _EVENTS
    )
    return not (matter or event or areas_of(said, first, behind)[NONE] < _NO_MATTER)


def _has_others(said: Utterance, first: int, behind: int) -> bool:
    return any(first <= said.word_at(start) < behind for start, _ in said.others)


def pieces(said: Utterance, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a stretch of text stand that no reader has taken."""
    position = start
    for taken, behind in sorted(said.taken):
        if behind <= position or taken >= end:
            continue
        if taken > position:
            yield position, taken
        position = max(position, behind)
    if position < end:
        yield position, end


def _trimmed(said: Utterance, piece: str, *, first: bool, cut: bool) -> str:
    """Without courtesies at the beginning, and without "my phone is" before a number that was cut
    out."""
    lists = said.language.lists
    kept = piece.strip(EDGES)
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(kept)]
    while cut and words and words[-1][0].lower().strip(EDGES) in _DANGLERS:
        words.pop()
    courtesies = lists["courtesy"] - lists["first_person"]
    while first and words and words[0][0].lower().strip(EDGES + "!?") in courtesies:
        words.pop(0)
    if len(words) > 1 and words[0][0].lower().rstrip(":-") in lists["headings"]:
        dash = words[1][0] in ("-", ":", "\u2013")
        words = words[1 + dash :] if dash or words[0][0][-1] in ":-" else words
    low = [word.lower().strip(EDGES + "!?'\"") for word, _, _ in words]
    if all(word in lists["filler"] or not word for word in low):
        return ""
    return kept[words[0][1] : words[-1][2]].strip(EDGES)


def _counts(said: Utterance, text: str) -> bool:
    """ "She's 12", "since 2019", "$900": a number of somebody, of a time or of money."""
    if not any(map(str.isdigit, text)):
        return False
    lists = said.language.lists
    told = lists["others"] | lists["of_time"]
    return any(sign in text for sign in _MONEY) or not told.isdisjoint(said.words)


def tells(said: Utterance, text: str) -> bool:
    """Whether the rest of a message is about the matter: words of an area, of danger or feeling,
    an address or number of somebody else, how the client may be reached, or simply enough words."""
    if not text:
        return False
    if (
        said.others
        or said.has(REACH)
        or "danger" in said.found
        or any(map(is_more_than_hint, said.found.get("matter", ())))
    ):
        return True
    if not said.labels("said").isdisjoint({"hard", "sad", "adds"}):
        return True
    if _counts(said, text):
        return True
    filler = said.language.lists["filler"]
    words = [word.strip(EDGES + "!?'\"").lower() for word in text.split()]
    told = [word for word in words if word not in filler and word.replace("'", "").isalpha()]
    return sum(len(word) > 1 for word in told) >= _ENOUGH_WORDS
