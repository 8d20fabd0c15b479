"""Whether a message corrects a value of the client's."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.contact import Heard, besides_values
from app.services.intake.listening.emails import DOMAINS, is_in_an_address
from app.services.intake.listening.utterance import Utterance

_ALIKE = 0.9
_FEW_WRONG = 2
"""Digits of a number."""


def speaks_of_others(said: Utterance) -> bool:
    """Whether another person is spoken of. The words of an address ("ann_sis@x.org") are nobody,
    and those of "I am the tenant's mother" are the client."""
    others = said.language.lists["others"]
    if others.isdisjoint(said.words):
        return False
    client = {number for one in said.spans("not.others") for number in range(one.first, one.behind)}
    written = "@" in said.text
    return any(
        word in others
        and number not in client
        and not (written and is_in_an_address(said.text, start))
        for number, (word, start) in enumerate(zip(said.words, said.starts, strict=True))
    )


def corrects_own(said: Utterance) -> bool:
    """If the client speaks of others, a value may be theirs; then the client must call it their
    own."""
    return said.has("said.corrects") and not speaks_of_others(said)


def corrects_alone(said: Utterance, heard: Sequence[Heard]) -> bool:
    """ "Scratch that, he pays for it. 919-...": others are spoken of in another sentence."""
    number = said.word_at(heard[-1].start) if heard else len(said.words)
    if not said.has("said.corrects") or number == len(said.words):
        return False
    words = said.words[sentence_begin(said, number) : said.ends[number]]
    return heard[-1].whose == "untold" and said.language.lists["others"].isdisjoint(words)


def is_retyped(known: str | None, one: Heard) -> bool:
    """The known value without a typing error."""
    if known is None or one.value is None or one.value == known:
        return False
    return SequenceMatcher(None, known, one.value).ratio() >= _ALIKE


def is_amended(said: Utterance, known: str | None, one: Heard) -> bool:
    """ "I typed yahoo but it's ...": nearly the known value, in a correction that names nobody
    and asks nothing."""
    if said.asks or speaks_of_others(said):
        return False
    corrects = said.has("said.corrects") and _is_nearly(known, one) and _is_all(said, one)
    return corrects or _is_spelled_again(said, known, one)


def _is_spelled_again(said: Utterance, known: str | None, one: Heard) -> bool:
    """ "Excuse me, it's jane1 with a number one, jane1@x.org", of jane@x.org; and nothing else."""
    lists = said.language.lists
    mere = lists["filler"].union(lists["courtesy"], lists["labels"], lists["correcting"])
    mere = mere.union(said.language.numbers) - lists["acts"] - lists["besides"]
    mere |= {str(one.value).partition("@")[0]}
    untold = one.kind == "email" and one.whose == "untold" and is_retyped(known, one)
    rest = [said.words[at] for at in besides_values(said, range(len(said.words)), [one])]
    return untold and all(word in mere or len(word) == 1 for word in rest)


def _is_all(said: Utterance, one: Heard) -> bool:
    """Nothing is said besides the correction and names of providers, and none of the words that
    make it one more: "I got texts today", "I also have", "office is"."""
    lists = said.language.lists
    mere = lists["filler"].union(lists["courtesy"], lists["correcting"], lists["lately"], DOMAINS)
    mere -= lists["acts"] | lists["besides"]
    told = {at for span in said.spans("said.corrects") for at in range(span.first, span.behind)}
    rest = besides_values(said, range(len(said.words)), [one])
    return all(at in told or said.words[at] in mere for at in rest)


def _is_nearly(known: str | None, one: Heard) -> bool:
    """The same name at another provider, or a number with one or two other digits."""
    if known is None or one.value is None or one.whose != "untold":
        return False
    if one.kind == "email":
        return known.partition("@")[0] == one.value.partition("@")[0] or is_retyped(known, one)
    wrong = sum(left != right for left, right in zip(known, one.value, strict=False))
    return len(known) == len(one.value) and wrong <= _FEW_WRONG
