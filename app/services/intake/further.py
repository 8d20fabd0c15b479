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
from app.services.intake.matters import Offer, service_of

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
        """Whether an act happened to the client: the nearest person before it is the client, or
        the act's object is."""
        lists = self.said.language.lists
        words = self.said.words
        if not lists["me"].isdisjoint(words[act.first : min(act.behind + 1, self.behind)]):
            return True
        subject = self._subject(act)
        if subject is None:
            return not lists["first_person"].isdisjoint(words[self.first : self.behind])
        return subject == "client"

    def _subject(self, act: Found) -> Literal["client", "another"] | None:
        lists = self.said.language.lists
        for word in reversed(self.said.words[self.first : act.first]):
            if word in lists["i"]:
                return "client"
            if word in lists["they"] and word not in lists["ours"]:
                return "another"
        return None

    def _is_denied(self, act: Found) -> bool:
        """ "I was not fired"; but "I was not paid" and "he will not pay me" are problems."""
        lists = self.said.language.lists
        before = self.said.words[max(self.first, act.first - _NEAR) : act.first]
        if self._subject(act) == "another" or not lists["due"].isdisjoint(before):
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
    if opens and not said.labels("ask").isdisjoint({"price", "areas"}):
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
    if one.asks or not one.acts:
        return None
    return _wished(one) if "wish" in marks else _mentioned(one)


def _requested(one: _Sentence) -> Wish:
    clear = "request" in one.marks or "strong" in one.marks
    own = any(map(one.own, one.words)) and not all(map(one.explains, one.words))
    return "opens" if clear and own and not one.mixed else "asks"


def _wished(one: _Sentence) -> Wish:
    also = not one.marks.isdisjoint({"strong", "weak"})
    return "opens" if also and not one.mixed and any(map(one.own, one.acts)) else "asks"


def _mentioned(one: _Sentence) -> Wish | None:
    own = [act for act in one.acts if one.own(act) and not one.explains(act)]
    if not own or one.is_past():
        return None
    if one.mixed:
        return "asks" if "strong" in one.marks else None
    return "opens" if "strong" in one.marks else "asks"


def agrees(said: Utterance) -> bool:
    """Whether the message says yes to our question, and nothing that takes it back."""
    lists = said.language.lists
    if said.asks or not lists["denials"].isdisjoint(said.words):
        return False
    if not {"if", "later"}.isdisjoint(said.labels("further")):
        return False
    yes = [one for one in said.found.get("said", ()) if one.label == "said.yes" and not one.first]
    if not yes:
        return False
    behind = max(one.behind for one in yes)
    rest = said.low[said.behinds[behind - 1] :].lstrip(" ")
    return not rest or rest[0] in ",.;!" or len(said.words) <= behind + _NEAR
