"""Whether a client asks for a further matter after the intake is complete, or remarks on one.

A further matter costs the client money. So only a request, or an own problem told as one more,
opens it; where an own problem is only mentioned, the agent asks. What is denied, past, possible,
somebody else's or an explanation of the known matter is a remark.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from app.services.intake.languages import Found
from app.services.intake.listening.utterance import Utterance
from app.services.intake.offers import Offer, service_of

Wish = Literal["opens", "asks"]
_NEAR = 3
"""Words between a "not" and the act that it denies."""
_YEAR = 4
_HELP = frozenset({"request", "can_you"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`acts` and `words` are phrases about areas of which no known matter is: the acts and events,
    and all that are more than a hint. `mixed`: it is also about a known matter."""

    said: Utterance
    first: int
    behind: int
    marks: frozenset[str]
    acts: tuple[Found, ...]
    words: tuple[Found, ...]
    mixed: bool

    @property
    def denied(self) -> bool:
        return "denied" in self.marks or any(map(self._is_denied, self.words))

    @property
    def asks(self) -> bool:
        return self.behind in self.said.asks

    def own(self, act: Found) -> bool:
        """Whether an act happened to the client: the nearest person before it is the client, to
        whom something happens, or another one who does it to the client. "We run a bakery" is no
        problem."""
        lists, words = self.said.language.lists, self.said.words
        subject, at = self._subject(act)
        between = words[at + 1 : act.first]
        if subject == "client":
            return self._befalls([*between, *words[act.first : act.behind]])
        if not lists["me"].isdisjoint([*between, *words[act.first : act.behind]]):
            return True
        return act.behind < self.behind and words[act.behind] in lists["object"]

    def about_client(self, act: Found) -> bool:
        first_person = self.said.language.lists["first_person"]
        subject, _ = self._subject(act)
        if subject is None:
            return not first_person.isdisjoint(self.said.words[self.first : self.behind])
        return subject == "client" or self.own(act)

    def for_client(self, one: Found) -> bool:
        """Whether the client asks for help for themselves."""
        lists = self.said.language.lists
        subject, at = self._subject(one)
        return subject != "another" or self.said.words[at] not in lists["kin"] | lists["pronouns"]

    def _befalls(self, words: list[str]) -> bool:
        lists = self.said.language.lists
        if not lists["me"].isdisjoint(words):
            return True
        at = next((at for at, word in enumerate(words) if word in lists["befalls"]), None)
        return at is not None and words[at + 1 : at + 2] not in (["a"], ["an"], ["un"], ["una"])

    def _subject(self, act: Found) -> tuple[Literal["client", "another"] | None, int]:
        """The nearest person before an act, and the number of that word."""
        lists, words = self.said.language.lists, self.said.words
        for at in range(act.first - 1, self.first - 1, -1):
            if words[at] in lists["i"]:
                return "client", at
            if words[at] in lists["they"] and words[at] not in lists["ours"]:
                return "another", at
        return None, self.first - 1

    def _is_denied(self, act: Found) -> bool:
        """ "I was not fired"; but "I was not paid" and "he will not pay me" are problems."""
        lists = self.said.language.lists
        before = self.said.words[max(self.first, act.first - _NEAR) : act.first]
        if self._subject(act)[0] == "another" or not lists["due"].isdisjoint(before):
            return False
        return not lists["denials"].isdisjoint(before)

    def is_past(self) -> bool:
        words = self.said.words[self.first : self.behind]
        year = any(
            len(word) == _YEAR and word.isdecimal() and word[:2] in ("19", "20") for word in words
        )
        return year or "past" in self.marks

    def explains(self, act: Found) -> bool:
        """Whether an act is told as the reason or the time of something else."""
        return any(
            (one.label.endswith("_after") and one.first >= act.behind)
            or (one.label.endswith("_before") and one.behind <= act.first)
            for one in self.said.found.get("further", ())
            if self.first <= one.first < self.behind
        )


def _sentences(said: Utterance, offer: Offer, known: Collection[str]) -> Iterator[_Sentence]:
    first = 0
    while first < len(said.words):
        behind = said.ends[first]
        inside = [
            one
            for kind in ("further", "matter")
            for one in said.found.get(kind, ())
            if first <= one.first < behind
        ]
        marks = frozenset(one.label[8:] for one in inside if one.label.startswith("further."))
        words = [one for one in inside if one.label.startswith(("matter.2", "matter.3"))]
        others = [one for one in words if service_of(one, offer) not in known]
        acts = tuple(one for one in others if one.label.startswith("matter.3"))
        yield _Sentence(said, first, behind, marks, acts, tuple(others), len(others) < len(words))
        first = behind


def wish_for_further(said: Utterance, offer: Offer, known: Collection[str]) -> Wish | None:
    """What a message after the end means; `known` are the services of the conversation's
    matters."""
    told = [one for one in _sentences(said, offer, known) if not one.denied]
    marks = frozenset[str]().union(*(one.marks for one in told))
    wishes = [_wish(one) for one in told]
    opens = "opens" in wishes or any("second" in one.marks and not one.asks for one in told)
    if not opens and "heading" in marks:
        opens = any(one.words for one in told)
        wishes.append("asks")
    if not opens and _helps_with_that(told):
        opens = any(any(map(one.own, one.acts)) for one in told)
    if opens and not said.topics.isdisjoint({"price", "areas"}):
        return "asks"
    return "opens" if opens else "asks" if "asks" in wishes else None


def _helps_with_that(told: list[_Sentence]) -> bool:
    """Whether a sentence asks for help with what another sentence tells."""
    return any(
        not one.words and ("request" in one.marks or {"can_you", "strong"} <= one.marks)
        for one in told
    )


def _wish(one: _Sentence) -> Wish | None:
    marks = one.marks
    if not one.words:
        also = {"request", "strong"} <= marks and not one.mixed
        return "asks" if also or "for_other" in marks else None
    if "if" in marks or "for_other" in marks:
        certain = "for_other" in marks or (marks & _HELP and not one.asks)
        return "asks" if certain else None
    if marks & _HELP:
        return _requested(one)
    if not one.acts or (one.asks and "wish" not in marks):
        return None
    return _wished(one) if "wish" in marks else _mentioned(one)


def _requested(one: _Sentence) -> Wish:
    also = "strong" in one.marks
    clear = also or ("request" in one.marks and not all(map(one.explains, one.words)))
    return "opens" if clear and not one.mixed and all(map(one.for_client, one.words)) else "asks"


def _wished(one: _Sentence) -> Wish:
    also = not one.marks.isdisjoint({"strong", "weak"})
    return "opens" if also and not one.mixed and all(map(one.for_client, one.acts)) else "asks"


def _mentioned(one: _Sentence) -> Wish | None:
    told = [act for act in one.acts if one.about_client(act) and not one.explains(act)]
    if not told or one.is_past():
        return None
    if one.mixed:
        return "asks" if "strong" in one.marks else None
    return "opens" if "strong" in one.marks and any(map(one.own, told)) else "asks"


def agrees(said: Utterance) -> bool:
    """Whether the message says yes to our question, and nothing that takes it back."""
    lists = said.language.lists
    if said.asks or not lists["denials"].isdisjoint(said.words):
        return False
    if not {"if", "later"}.isdisjoint(said.labels("further")):
        return False
    yes = [one for one in said.spans("said.yes") if not one.first]
    if not yes:
        return False
    behind = max(one.behind for one in yes)
    rest = said.low[said.behinds[behind - 1] :].lstrip(" ")
    return not rest or rest[0] in ",.;!" or len(said.words) <= behind + _NEAR
