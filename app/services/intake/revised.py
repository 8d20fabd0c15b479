"""What a message itself says of its values: denied before, mistyped, a fallback."""

from collections.abc import Sequence
from dataclasses import replace

from app.services.intake.facts import Facts
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.emails import likely_meant
from app.services.intake.listening.utterance import Utterance


def replaces(said: Utterance, one: Heard) -> bool:
    """ "919-... is the house and my ex lives there, so 919-...": the last one instead."""
    number = said.word_at(one.start)
    return number > 0 and said.words[number - 1] in said.language.lists["therefore"]


def is_disowned(facts: Facts, one: Heard) -> bool:
    """The client said before that the value is not theirs, and does not claim it now."""
    return one.whose == "untold" and one.value in facts.disowned


def without_typos(said: Utterance, heard: Sequence[Heard]) -> list[Heard]:
    """ "ann@gmial.com, not gmial: ann@gmail.com": of an address that the message itself spells
    right behind it, the right one; but "ann@gmial.com not ann@gmail.com" means the first."""
    written = {one.value: one for one in heard if one.kind == "email" and one.value}
    found = list(heard)
    for value, one in written.items():
        right = written.get(likely_meant(str(value)) or "")
        if right is None or right.start < one.start:
            continue
        if right.whose != "denied" or _is_put_right(said, one, right):
            found.remove(one)
            found[found.index(right)] = replace(right, whose="own")
    return found


def _is_put_right(said: Utterance, mistyped: Heard, right: Heard) -> bool:
    """ "ann@gmial.com no sorry ann@gmail.com", "..., not gmial: ann@gmail.com"."""
    provider = str(mistyped.value).rpartition("@")[2].partition(".")[0]
    lists = said.language.lists
    between = said.words[said.word_at(mistyped.end) : said.word_at(right.start)]
    corrects = (lists["correcting"] | lists["hesitating"]) - lists["denying"]
    return provider in between or not corrects.isdisjoint(between)


def without_fallback(said: Utterance, heard: Sequence[Heard], represented: bool) -> Sequence[Heard]:
    """ "His cell is 919-... If he doesn't pick up, mine is 704-...": the first one."""
    begins = [said.starts[one.first] for one in said.spans("said.fallback")]
    first = [one for one in heard if not any(begin < one.start for begin in begins)]
    told = any(one.value and (represented or one.whose == "own") for one in first)
    return first if told else heard
