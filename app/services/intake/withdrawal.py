"""What the client takes back: "no, that's my sister's" after an address that was noted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, get_args

from app.services.intake.facts import Facts
from app.services.intake.languages import Found
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.contact import Heard
from app.services.intake.listening.utterance import Utterance

_Personal = Literal["name", "location", "phone", "email"]
_PERSONAL: Final[tuple[_Personal, ...]] = get_args(_Personal)
_NAMED_LATER: Final = frozenset({"phone", "email"})


def hear_withdrawal(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> None:
    """Drop facts that the client calls another person's or wrong, so that the agent asks again.

    "That email is my mom's" is about the email; "that's my mom's" about what the message before
    added. After completion a fact stays until the client gives the right one.
    """
    if "back" not in said.found or facts.confirming:
        return  # "that's my sister's" answers "Is that your own email address?"
    meant = _meant(facts, said, heard)
    facts.dropped = frozenset(meant)
    values = {"phone": facts.phone, "email": facts.email}
    facts.disowned |= {value for kind, value in values.items() if kind in meant and value}
    for kind in () if facts.settled else meant:
        _forget(facts, kind)


def _meant(facts: Facts, said: Utterance, heard: Sequence[Heard]) -> set[_Personal]:
    """What the message before added, or the phone or email that is named. "b@x.org, that's my
    mom's" is about this value, and not about a known one; and "984? no, that's the old one.
    919-..." is not about the name."""
    meant: set[_Personal] = set()
    for one in _withdrawing(said, heard):
        told = {value.kind for value in heard if said.word_at(value.start) < one.first}
        named = [kind for kind in _PERSONAL if one.label == f"back.{kind}"]
        latest = facts.latest & _NAMED_LATER or (frozenset() if heard else facts.latest)
        latest = frozenset() if told else latest
        may = latest | (_NAMED_LATER if named else latest)
        may &= {kind for kind in _PERSONAL if _is_known(facts, kind)}
        meant |= {kind for kind in named or _PERSONAL if kind in may and kind not in told}
    return meant


def _withdrawing(said: Utterance, heard: Iterable[Heard]) -> Iterator[Found]:
    """The phrases behind which nothing shows that something else is the other person's: "that is
    my sister's fault"."""
    values = {said.word_at(one.start) for one in heard}
    goes_on = said.language.lists["goes_on"]
    for one in said.found["back"]:
        at = said.behinds[one.behind - 1]
        if one.behind in values and ":" in said.text[at : at + 2]:
            continue  # "This is my mom's: ann@x.com"
        ends = one.behind == said.ends[one.first] or one.behind in values
        directly = one.label != "back.owner" or ends or said.words[one.behind] in goes_on
        if directly and not _describes(said, one):
            yield one


def _describes(said: Utterance, one: Found) -> bool:
    """ "A debt that's not mine": what stands directly before is the other person's."""
    if one.label != "back.told" or one.first == sentence_begin(said, one.first):
        return False
    lists = said.language.lists
    own = lists["labels"].union(
        lists["hesitating"],
        lists["courtesy"],
        lists["joints"],
        lists["correcting"],
        lists["filler"],
    )
    return said.words[one.first - 1] not in own - lists["relative"]


def _is_known(facts: Facts, kind: _Personal) -> bool:
    if kind == "location":
        return facts.place is not None or facts.city is not None
    return getattr(facts, kind) is not None


def _forget(facts: Facts, kind: _Personal) -> None:
    if kind == "location":
        facts.place = facts.city = facts.supposed = None
    else:
        setattr(facts, kind, None)
