"""Which of the addresses, or of the numbers, in a message is the client's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.services.intake.corrections import (
    corrects_alone,
    corrects_own,
    is_amended,
    is_retyped,
    speaks_of_others,
)
from app.services.intake.facts import Contact, Facts
from app.services.intake.languages import Found
from app.services.intake.listening.clauses import sentence_begin
from app.services.intake.listening.contact import Heard, besides_values
from app.services.intake.listening.emails import is_in_an_address
from app.services.intake.listening.utterance import Utterance
from app.services.intake.revised import is_disowned, replaces, without_fallback, without_typos

_LABEL = 3
"""Words before a value that can name its kind: "work email is"."""
_FEW_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Claims:
    """The values of one kind in a message. `known` is the value so far. `corrects`: the message
    replaces it. `represented`: the client is another person than the one who writes."""

    said: Utterance
    kind: Contact
    heard: list[Heard]
    known: str | None
    corrects: bool
    represented: bool

    @classmethod
    def of(cls, facts: Facts, said: Utterance, kind: Contact, heard: Sequence[Heard]) -> "Claims":
        known: str | None = getattr(facts, kind)
        heard = without_fallback(said, heard, facts.represented)
        denies = any(one.whose == "denied" for one in heard)
        retyped = [one for one in heard if one.whose in ("untold", "denied")]
        retyped = [one for one in retyped if is_retyped(known, one)]
        # "17 not 71, ann17@x.com" denies the known value, not this one.
        told = [replace(one, whose="untold") if one in retyped else one for one in heard]
        told = [replace(one, whose="others") if is_disowned(facts, one) else one for one in told]
        told = [replace(one, whose="own") if replaces(said, one) else one for one in told]
        told = without_typos(said, told)
        doubted = facts.unsure.get(kind)
        guess = doubted.guess if doubted else None  # "no .con: ann@gmail.com", as we guessed
        told = [replace(one, whose="own") if one.value == guess else one for one in told]
        if facts.behalf:
            told = [replace(one, offered=True) if one.whose == "others" else one for one in told]
        corrects = corrects_own(said) or denies or bool(retyped) or kind in facts.dropped
        corrects = corrects or corrects_alone(said, told)
        return cls(said, kind, told, known, corrects, facts.represented)

    @property
    def untold(self) -> list[Heard]:
        """Values whose owner nobody told."""
        return [one for one in self.heard if one.value and one.whose == "untold"]

    @property
    def alone(self) -> Heard | None:
        """A value of nobody named that is all of the message."""
        untold = self.untold
        return untold[0] if len(untold) == len(self.heard) == 1 and self._is_bare() else None

    @property
    def offered(self) -> list[Heard]:
        """Another person's values that the client wants us to use."""
        return [one for one in self.heard if one.value and one.offered]

    @property
    def lent(self) -> list[Heard]:
        """ "It's my daughter's phone, 828-...": a relative's, and nobody else is spoken of."""
        lists = self.said.language.lists
        of_kin = not lists["family"].isdisjoint(self.said.words)
        alone = of_kin and lists["strangers"].isdisjoint(self.said.words)
        return [one for one in self.heard if one.value and one.whose == "others"] if alone else []

    @property
    def _own(self) -> list[Heard]:
        """A correction repeats a known value only to name it."""
        own = [one for one in self.heard if one.value and one.whose == "own"]
        return [] if self.corrects and any(one.value == self.known for one in own) else own

    @property
    def _directed(self) -> list[Heard]:
        """ "Wait, use my daughter's phone, it's ...", "use ... instead": and nothing else, such as
        "too", "as a backup", "to reach him"."""
        said, lists = self.said, self.said.language.lists
        use = next((one for one in said.spans("said.use") if self._is_of_family(one)), None)
        if use is None:
            return []
        instead = not lists["therefore"].isdisjoint(said.words) or use.first > 0
        mere = lists["correcting"] | lists["courtesy"] | lists["name_lead"] | lists["family"]
        rest = (at for at in self._besides_values() if not use.first <= at < use.behind)
        return self.offered if instead and all(said.words[at] in mere for at in rest) else []

    def _is_of_family(self, use: Found) -> bool:
        behind = self.said.words[use.behind : use.behind + 1]
        return not self.said.language.lists["family"].isdisjoint(behind)

    def trusted(self, *, asked: bool, settled: bool) -> list[Heard]:
        """The values that may be stored without a question."""
        directed = self._directed
        trusted = self._own or directed
        alone = self.known is None and not settled and self._is_about_the_client()
        if not trusted and (asked or self.corrects or alone):
            use = self.said.has("said.use")  # "use my daughter's: ..."
            told = asked and (use or self._is_of_a_relative())
            trusted = self.untold or (self.offered if told else [])
        elif self.said.has("said.prefers") or self.said.has("said.avoids"):
            trusted = [*trusted, *self.untold]
        if settled and not asked and not self._is_bare():
            # After the end, a value in a remark may be anybody's.
            wrong = not {f"said.wrong.{self.kind}", "said.told_wrong"}.isdisjoint(self.said.marks)
            wrong = wrong and not speaks_of_others(self.said)
            trusted = [
                one for one in trusted if wrong or one in directed or self._is_told_anew(one)
            ]
        return self._preferred(trusted)

    def _is_about_the_client(self) -> bool:
        """Nobody else is spoken of, or they have an own value: "ann@x.com, his is bob@x.com"."""
        if not speaks_of_others(self.said):
            return True
        others = any(one.whose == "others" for one in self.heard)
        return others and bool(self.untold) and self.said.word_at(self.untold[0].start) == 0

    def _is_of_a_relative(self) -> bool:
        """ "Her phone is ...", of the mother who is the client; "I only have my husband's cell":
        nobody else is spoken of."""
        only = self.represented or self.said.has("said.sole")
        return only and self.said.language.lists["strangers"].isdisjoint(self.said.words)

    def _preferred(self, trusted: list[Heard]) -> list[Heard]:
        """Of several values, the one to use: "home is ..., but use my cell ...", "the cell is
        better", "use the second", "don't use work"."""
        lists = self.said.language.lists
        told, avoided = self._words_of("said.prefers"), self._words_of("said.avoids")
        if not told.isdisjoint(lists["the_last"]):
            return trusted[-1:]
        if not told.isdisjoint(lists["the_first"]):
            return trusted[:1]
        trusted = [one for one in trusted if not self._is_called(one, avoided)] or trusted
        beside = [one for one in trusted if self._is_called(one, told)]
        return beside or [one for one in trusted if one.offered] or trusted

    def _words_of(self, label: str) -> set[str]:
        said = self.said
        return {word for one in said.spans(label) for word in said.words[one.first : one.behind]}

    def _is_called(self, one: Heard, told: set[str]) -> bool:
        """Whether one of the words for a kind of phone or address stands before the value."""
        said, behind = self.said, self.said.word_at(one.start)
        first = min(said.word_at(one.label[0]), max(0, behind - _LABEL))
        before = [
            said.words[number] for number in besides_values(said, range(first, behind), self.heard)
        ]
        return bool(said.language.lists["devices"].intersection(told, before))

    def _is_told_anew(self, one: Heard) -> bool:
        return self._is_said_own(one) or is_amended(self.said, self.known, one)

    def _is_said_own(self, one: Heard) -> bool:
        """Whether the words about a value call it the client's: "my email is", "call me at", "use"
        where nobody else is in the sentence."""
        if one.whose != "own":
            return False
        said, lists = self.said, self.said.language.lists
        first, behind = said.word_at(one.label[0]), said.word_at(one.label[1])
        label = said.words[first:behind] or said.words
        sentence = said.words[sentence_begin(said, first) : said.ends[first]]
        directed = not lists["directing"].isdisjoint(label) and lists["others"].isdisjoint(sentence)
        return directed or not lists["first_person"].isdisjoint(label)

    def _is_bare(self) -> bool:
        """Whether a message has nothing but values and words of correcting: "sorry, it's ..."."""
        lists = self.said.language.lists
        mere = lists["filler"] | lists["courtesy"] | lists["correcting"]
        return all(self.said.words[at] in mere for at in self._besides_values())

    def _besides_values(self) -> list[int]:
        """The numbers of the words that are no part of a value."""
        said = self.said
        return [
            at
            for at in besides_values(said, range(len(said.words)), self.heard)
            if not (said.words[at].isdecimal() and len(said.words[at]) <= _FEW_DIGITS)
            and not ("@" in said.text and is_in_an_address(said.text, said.starts[at]))
        ]
