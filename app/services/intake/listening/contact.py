"""Email addresses and phone numbers in a message, and their owners."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.services.intake.languages.loading import word_set
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.emails import written_emails
from app.services.intake.listening.names.couples import is_told_of
from app.services.intake.listening.names.row import read_row
from app.services.intake.listening.names.shape import Shape
from app.services.intake.listening.owners import (
    Kind,
    Whose,
    in_brackets_of_another,
    is_denied_behind,
    ownership,
)
from app.services.intake.listening.phones import written_phones
from app.services.intake.listening.spoken import spoken_emails
from app.services.intake.listening.spoken_numbers import spoken_phones
from app.services.intake.listening.utterance import Utterance

_CLOSE = 12
_SIGNS = ",.;:|/-()"
_JOINTS = word_set(
    "or and & o y e email e-mail phone text call at mail tel cell correo telefono en"
)
_MOST = 10
"""More than anyone has: further ones in a message are not read."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value in the text. `value` is None if it is invalid; `surely` is False if only the question
    or a label makes it a value (the words may mean something else)."""

    value: str | None
    start: int
    end: int
    surely: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """A value and its owner. `offered`: another person's, but the client wants us to use it.
    `label` is the place of the words about it in the text."""

    kind: Kind
    value: str | None
    whose: Whose
    offered: bool
    label: tuple[int, int]
    start: int
    end: int

    def take_from(self, said: Utterance) -> None:
        if not any(
            said.starts[one.first] < self.label[1] and self.label[0] < said.behinds[one.behind - 1]
            for one in said.spans("said.reach")
        ):
            said.take(*self.label)
        said.take_value(self.start, self.end)


def contacts(said: Utterance, asked: Kind | None, region: str) -> list[Heard]:
    """All values in the message, in order. A value directly after another one has the same owner,
    and so has one directly before another person's.
    `region` is the country whose numbers may be written without a country code."""
    found = [*_emails(said, asked == "email"), *_phones(said, asked == "phone", region)]
    found.sort(key=lambda heard: heard.start)
    for at in range(1, len(found)):
        before, one = found[at - 1], found[at]
        told = one.whose == "untold" and before.whose != "denied"
        # "His number was 919-... and mail tom@x.org": behind "and", hers only if she says so.
        if one.whose == "own" and before.whose == "others" and _touch(said, before, one):
            found[at] = _of_the_same(said, before, one)
        # "He pays nothing, my email is ann@x.org phone 919-...": "he" is too far away.
        far = one.whose == "others" and before.whose == "own"
        told = told or (far and not is_denied_behind(said, one.kind, said.word_at(one.end)))
        if told and _touch(said, before, one):
            found[at] = replace(one, whose=before.whose)
    for at in range(len(found) - 2, -1, -1):  # "919-..., tom@x.org: that's who I have trouble with"
        one, behind = found[at], found[at + 1]
        if one.whose == "untold" and behind.whose == "others" and _touch(said, one, behind):
            found[at] = replace(one, whose="others")
    return [_of_a_card(said, one, found) for one in found]


def _of_the_same(said: Utterance, before: Heard, one: Heard) -> Heard:
    label = said.words[said.word_at(one.label[0]) : said.word_at(one.label[1])]
    joined = label[:1] and label[0] in said.language.lists["joints"]
    return replace(one, whose=before.whose) if joined else one


def _of_a_card(said: Utterance, one: Heard, found: Sequence[Heard]) -> Heard:
    """A value behind a full name: of somebody of whom the sentence tells something ("Bob Stanton,
    919-..., owes me"), or in a signature, the client's."""
    number = said.word_at(one.start)
    if one.whose != "untold" or number == len(said.words):
        return one
    begin = sentence_begin(said, number)
    read = read_row(said, said.starts[begin])
    if not read.words or not Shape(read.words, said.language).surely:
        return one
    if is_told_of(said, read):
        return replace(one, whose="others")
    # The last sentence, behind others, with nothing else in it.
    signed = begin > 0 and said.ends[number] == len(said.words)
    signed = signed and not any(map(str.isalnum, without_values(said, read.end, None, found)))
    return replace(one, whose="own") if signed else one


def besides_values(said: Utterance, words: Iterable[int], heard: Sequence[Heard]) -> Iterator[int]:
    """Those of these words, by their numbers, that are no part of a value."""
    for at in words:
        if not any(one.start <= said.starts[at] < one.end for one in heard):
            yield at


def without_values(said: Utterance, first: int, last: int | None, heard: Sequence[Heard]) -> str:
    """The text between two positions with a blank in place of each value."""
    text = said.text[first:last]
    for one in heard:
        text = text.replace(said.text[one.start : one.end], " ")
    return text


def _touch(said: Utterance, before: Heard, one: Heard) -> bool:
    between = said.low[before.end : one.start]
    if len(between) > _CLOSE or before.kind == one.kind:
        return False
    return all(word.strip(_SIGNS) in _JOINTS or not word.strip(_SIGNS) for word in between.split())


def _emails(said: Utterance, asked: bool) -> list[Heard]:
    found: list[Written] = []
    if "@" in said.text:
        found += [Written(*one) for one in islice(written_emails(said.text), _MOST)]
    if not said.language.lists["at_sign"].isdisjoint(said.words):
        found += [Written(*one) for one in islice(spoken_emails(said), _MOST)]
    return list(_with_owners(said, "email", found, asked))


def _phones(said: Utterance, asked: bool, region: str) -> list[Heard]:
    found: list[Written] = []
    if any(map(str.isdigit, said.text)):
        found += [Written(*one) for one in islice(written_phones(said.text, region), _MOST)]
    if not said.language.lists["digit_words"].isdisjoint(said.words):
        found += [Written(*one) for one in islice(spoken_phones(said, region), _MOST)]
    return list(_with_owners(said, "phone", found, asked))


def _with_owners(
    said: Utterance, kind: Kind, found: Iterable[Written], asked: bool
) -> Iterator[Heard]:
    since = 0
    for one in sorted(found, key=lambda written: written.start):
        first, behind = said.word_at(one.start), said.word_at(one.end)
        whose = ownership(said, kind, first, behind, since)
        if not one.surely and not asked and whose.whose != "own":
            continue
        told = whose.whose
        if told == "untold" and not asked and in_brackets_of_another(said, one.start, first):
            told = "others"
        offered = whose.offered or (asked and _is_the_only_one(said))
        begin, end = whose.label
        label = (said.starts[begin], said.behinds[end - 1]) if end > begin else (one.start,) * 2
        yield Heard(kind, one.value, told, offered, label, one.start, one.end)
        since = behind


def _is_the_only_one(said: Utterance) -> bool:
    """ "I only have my husband's cell", of a relative."""
    return said.has("said.sole") and said.language.lists["strangers"].isdisjoint(said.words)
