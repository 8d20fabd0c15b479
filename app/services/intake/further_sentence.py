"""One sentence of a message after the end, and whose problems it tells."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from app.services.intake.languages import Found
from app.services.intake.listening.utterance import Utterance
from app.services.intake.offers import Offer, is_act, is_more_than_hint, service_of

_NEAR = 3
"""Words between a "not" and the act that it denies."""
_YEAR = 4


@dataclass(frozen=True, slots=True)
class Sentence:
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


def sentences(said: Utterance, offer: Offer, known: Collection[str]) -> Iterator[Sentence]:
    """The sentences of a message; `known` are the services of the conversation's matters."""
    for first, behind in said.sentences():
        found, matters = (
            [one for one in said.found.get(kind, ()) if first <= one.first < behind]
            for kind in ("further", "matter")
        )
        marks = frozenset(one.label.removeprefix("further.") for one in found)
        words = [one for one in matters if is_more_than_hint(one)]
        others = [one for one in words if service_of(one, offer) not in known]
        acts = tuple(one for one in others if is_act(one))
        yield Sentence(said, first, behind, marks, acts, tuple(others), len(others) < len(words))
