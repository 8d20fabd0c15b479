"""Phrases of a language and the one pass that finds them in a message's words.

The phrases of all labels form one tree of words. Words that all phrases treat alike, such as "wife"
and "husband", are of one kind. Following the kinds of a message's words through the tree gives sets
of its nodes. Each set is cached with the sets that follow from it, so that the next message takes
one step a word. As in RE2, the cache is cleared when it grows large. At each word the walk goes at
most as deep as the longest phrase, so the time is linear in the message's length.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.services.intake.languages.notation import BEGIN, END, GAP, Slot, expanded
from app.services.intake.languages.phrase_tree import Keys, Node, Nodes, NodeSet, Waiting, shared

_MOST_KEPT = 8_000
"""Steps that are remembered, about 300 bytes each. Ordinary conversations need fewer."""
_OF_NO_PHRASE = 0
"""The kind of the words that occur in no phrase."""


class Found(NamedTuple):
    """A phrase in a message: the numbers of its first word and of the word after it."""

    label: str
    first: int
    behind: int


_UNKNOWN: Final = NodeSet((), ())


@dataclass(frozen=True, slots=True)
class Sentences:
    """The words of a message; `ends[n]` is the number of the word behind the sentence of word n."""

    words: Sequence[str]
    ends: Sequence[int]


class Phrasebook:
    """`phrases` by label; `lists` are the word lists for `@name`."""

    def __init__(
        self, phrases: Mapping[str, Sequence[str]], lists: Mapping[str, frozenset[str]]
    ) -> None:
        self._anywhere, self._at_start = Node(), Node()
        keys = Keys()
        for label, written in phrases.items():
            for phrase in written:
                for slots in expanded(phrase, lists):
                    self._add(slots, label, keys)
        known: dict[Hashable, Node] = {}
        self._anywhere, self._at_start = (
            shared(root, known) for root in (self._anywhere, self._at_start)
        )
        kinds: dict[tuple[str | int, ...], int] = {(): _OF_NO_PHRASE}
        self._kind = {word: kinds.setdefault(tuple(of), len(kinds)) for word, of in keys.of.items()}
        self._keys = list(kinds)
        self.words = frozenset(self._kind)
        """Every word that occurs in a phrase."""
        self.forget()

    def forget(self) -> None:
        """Begin again with the two sets from which everything follows."""
        self._kept = 0
        self._sets: dict[tuple[Nodes, Waiting], NodeSet] = {}
        self._roots = (
            NodeSet((self._anywhere,), ()),
            NodeSet((self._anywhere, self._at_start), ()),
        )

    def _add(self, slots: Sequence[Slot], label: str, keys: Keys) -> None:
        node = self._anywhere
        for place, slot in enumerate(slots):
            if slot == BEGIN:
                node = self._at_start
            elif slot == GAP:
                node.gap = node.gap or Node()
                node = node.gap
            elif slot == END:
                if place + 1 < len(slots):
                    raise ValueError("the sentence's end is not at the phrase's end")
                node.labels_at_end = (*node.labels_at_end, label)
                return
            elif isinstance(slot, frozenset):
                node = node.next.setdefault(keys.of_slot(slot), Node())
        if label not in node.labels:
            node.labels = (*node.labels, label)

    def find(self, said: Sentences) -> list[Found]:
        """Every phrase in the message, in the order of its first word."""
        if self._kept > _MOST_KEPT:
            self.forget()
        anywhere, at_start = self._roots
        found: list[Found] = []
        kinds = [self._kind.get(word, _OF_NO_PHRASE) for word in said.words]
        begins = True
        for first, end in enumerate(said.ends):
            met: NodeSet | None = at_start if begins else anywhere
            begins = first + 1 == end
            if not kinds[first]:
                continue
            behind = first
            while met is not None and behind < end:
                kind = kinds[behind]
                behind += 1
                after = met.after.get(kind, _UNKNOWN)
                met = self._step(met, kind) if after is _UNKNOWN else after
                if met is None:
                    break
                for label in met.labels:
                    found.append(Found(label, first, behind))
                if behind == end:
                    for label in met.labels_at_end:
                        found.append(Found(label, first, behind))
        return found

    def _step(self, met: NodeSet, kind: int) -> NodeSet | None:
        """The set after a word of a kind; None if no phrase continues."""
        nodes, waiting = met.step(self._keys[kind])
        after = None
        if nodes or waiting:
            after = self._sets.get((nodes, waiting)) or NodeSet(nodes, waiting)
            self._sets[nodes, waiting] = after
        met.after[kind] = after
        self._kept += 1
        return after
