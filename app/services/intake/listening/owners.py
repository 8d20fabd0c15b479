"""The owner of a phone number or an address, by the words around it."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.utterance import Utterance

Kind = Literal["email", "phone"]
Whose = Literal["own", "others", "denied", "untold"]
_REACH = 12
"""Words before a value that can be about it."""
_APART = 2
"""Words allowed between "don't use" and the value."""
_FEWEST_DIGITS = 7
_OPENED = "(<[{"
_KINDS_BUT: dict[Kind, str] = {"email": "phones", "phone": "addresses"}


@dataclass(frozen=True, slots=True)
class Ownership:
    """`offered`: another person's, but the client wants us to use it ("use my daughter's: ...").
    `label` are the words about the value: the first, and the one after the last."""

    whose: Whose
    offered: bool
    label: tuple[int, int]


def ownership(said: Utterance, kind: Kind, first: int, behind: int, since: int) -> Ownership:
    """The owner of the value whose words are from `first` to `behind`; `since` is the word after
    the value before it. The last words, closest to the value, count."""
    start = max(since, first - _REACH, sentence_begin(said, first))
    denied = _last(said, "denied.contact", start, first)
    own = _last(said, f"own.{kind}", start, first)
    others = _others(said, start, first)
    offered = said.has("said.has_none") or (
        _last(said, "said.use", max(since, first - _REACH), first) is not None
        or _last(said, "said.use", behind, len(said.words)) is not None
    )
    if own is None:
        own = _last(said, f"own.{kind}", max(since, first - _REACH), first, close=True)
    label = own or (first, first)
    if is_denied_behind(said, kind, behind):
        return Ownership("others", _is_used(said, behind), label)
    if _behind(said, "own", behind):
        return Ownership("own", offered, label)
    if denied and first - denied[1] <= _APART and (own is None or own[1] <= denied[1]):
        return Ownership("denied", False, denied)
    if others and (own is None or own[1] < others[1]) and not _is_directed(said, own, others):
        return Ownership("others", offered, label)
    return Ownership("own" if own else "untold", offered, label)


def _is_directed(said: Utterance, own: tuple[int, int] | None, others: tuple[int, int]) -> bool:
    """ "Use my email since she don't have one, ann@x.org": the other person is only spoken of."""
    directs = own is not None and said.words[own[0]] in said.language.lists["directing"]
    return directs and others[1] - others[0] == 1


def _last(
    said: Utterance, label: str, start: int, end: int, *, close: bool = False
) -> tuple[int, int] | None:
    """The phrase of a label that ends last between two words, and the longest of those."""
    best: tuple[int, int] | None = None
    for one in said.found.get(label.partition(".")[0], ()):
        if one.label != label or one.first < start or one.behind > end:
            continue
        if close and one.behind != end:
            continue
        if best is None or (one.behind, -one.first) > (best[1], -best[0]):
            best = (one.first, one.behind)
    return best


def _others(said: Utterance, start: int, end: int) -> tuple[int, int] | None:
    """Another person before a value, words like "case number" close to it, or "from" directly
    before it."""
    person = _last(said, "others.contact", start, end)
    if person and person[1] - person[0] == 1 and _is_nobody(said, person[0]):
        person = None
    near = _last(said, "others.near", start, end)
    origin = _last(said, "others.from", start, end, close=True)
    close = near if near and end - near[1] < _APART else None
    return max((one for one in (person, close, origin) if one), key=_behind_of, default=None)


def _is_nobody(said: Utterance, number: int) -> bool:
    """ "They gave me this phone": nobody that the message names."""
    lists = said.language.lists
    return said.words[number] in lists["nobody"] and lists["others"].isdisjoint(
        word for word in said.words if word not in lists["nobody"]
    )


def _behind_of(words: tuple[int, int]) -> int:
    return words[1]


def _behind(said: Utterance, sort: str, number: int, other: str = "") -> bool:
    """Words directly after the value can withdraw it ("..., no wait, that's my mom's") or claim it
    ("... is my cell"). `other`: the list of words that tell that a value of another kind is meant
    ("ann@x.com. Don't use that phone")."""
    number = said.past(number, said.language.lists["hesitating"])
    label = f"{sort}.behind"
    lists = said.language.lists
    return any(
        one.first == number
        and one.label == label
        and not (other and _names_other(said, one.behind, lists[other]))
        for one in said.found.get(sort, ())
    )


def is_denied_behind(said: Utterance, kind: Kind, number: int) -> bool:
    """Whether the words from a number on withdraw the value before it."""
    return _behind(said, "denied", number, _KINDS_BUT[kind])


def _names_other(said: Utterance, behind: int, nouns: Set[str]) -> bool:
    """ "Don't use that phone", and not "don't use that, email me"."""
    joined = behind < len(said.words) and said.ends[behind - 1] == said.ends[behind]
    comma = joined and "," in said.text[said.behinds[behind - 1] : said.starts[behind]]
    noun = said.words[behind : behind + 2] if joined and not comma else []
    return bool(noun) and noun[0] in nouns and noun[1:] not in (["me"], ["us"])


def _is_used(said: Utterance, behind: int) -> bool:
    """ "... is my wife's, but they reach me there", and no other value follows."""
    rest = said.text[said.starts[behind] :] if behind < len(said.words) else ""
    other = "@" in rest or sum(map(str.isdigit, rest)) >= _FEWEST_DIGITS
    no = said.language.lists["denying"] | said.language.lists["denies"]  # "don't use that phone"
    told = (one.first for one in said.spans("said.use") if one.first >= behind)
    return not other and any(said.words[first - 1] not in no for first in told)


def in_brackets_of_another(said: Utterance, start: int, first: int) -> bool:
    """ "Acme (hr@acme.com) fired me": a value in brackets, in a sentence not about the client."""
    if said.text[max(0, start - 1) : start] not in tuple(_OPENED):
        return False
    close = max(said.text.find(sign, start) for sign in ")>]}")
    if said.words[said.word_at(close) :][:1] in [[word] for word in said.language.lists["here"]]:
        return False  # "Dana Fox (919-..., dana@fox.org) here"
    lead = said.words[sentence_begin(said, first) : first]
    return bool(lead) and said.language.lists["first_person"].isdisjoint(lead)
