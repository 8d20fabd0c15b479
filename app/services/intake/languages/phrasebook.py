"""Phrases of a language and the one pass that finds them in a message's words.

The phrases of all labels form one tree of words. Words that all phrases treat alike, such as "wife"
and "husband", are of one kind. Following the kinds of a message's words through the tree gives sets
of its nodes. Each set is cached with the sets that follow from it, so that the next message takes
one step a word. As in RE2, the cache is cleared when it grows large. At each word the walk goes at
most as deep as the longest phrase, so the time is linear in the message's length.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from app.services.intake.languages.notation import BEGIN, END, GAP, Slot, expanded

_WIDEST_GAP = 3
_MOST_KEPT = 8_000
"""Steps that are remembered, about 300 bytes each. Ordinary conversations need fewer."""
_OF_NO_PHRASE = 0
"""The kind of the words that occur in no phrase."""


class Found(NamedTuple):
    """A phrase in a message: the numbers of its first word and of the word after it."""

    label: str
    first: int
    behind: int


class _Node:
    """A place in the tree. `gap` is where the phrases go on that leave a gap here."""

    __slots__ = ("gap", "labels", "labels_at_end", "next")

    def __init__(self) -> None:
        self.next: dict[str | int, _Node] = {}
        self.gap: _Node | None = None
        self.labels: tuple[str, ...] = ()
        self.labels_at_end: tuple[str, ...] = ()


def _shared(node: _Node, known: dict[Hashable, _Node]) -> _Node:
    """The tree with equal branches merged, which saves two thirds of it."""
    node.next = {key: _shared(child, known) for key, child in node.next.items()}
    node.gap = _shared(node.gap, known) if node.gap else None
    alike = (frozenset(node.next.items()), node.gap, node.labels, node.labels_at_end)
    return known.setdefault(alike, node)


_Nodes = tuple[_Node, ...]
_Waiting = tuple[tuple[_Node, int], ...]


class _Set:
    """Nodes reached by a sequence of words. `after` caches the set after each kind of word;
    `waiting` are nodes after a gap, with the words that it may still skip."""

    __slots__ = ("after", "labels", "labels_at_end", "nodes", "waiting")

    def __init__(self, nodes: _Nodes, waiting: _Waiting) -> None:
        self.after: dict[int, _Set | None] = {}
        self.labels = _unique(nodes, "labels")
        gaps = list(waiting)
        for node in nodes:
            left, gap = 0, node.gap
            while gap is not None:  # two successive gaps are one of twice the width
                left, gap = left + _WIDEST_GAP, gap.gap
                gaps.append((_last_gap(node, left // _WIDEST_GAP), left))
        self.waiting = tuple(gaps)
        self.nodes = (*nodes, *(node for node, _ in gaps))
        self.labels_at_end = _unique(self.nodes, "labels_at_end")

    def step(self, keys: Sequence[str | int]) -> tuple[_Nodes, _Waiting]:
        """The nodes after a word with these keys, and those after a gap."""
        met = (node.next[key] for key in keys for node in self.nodes if key in node.next)
        return tuple(dict.fromkeys(met)), tuple(
            (node, left - 1) for node, left in self.waiting if left
        )


def _last_gap(node: _Node, many: int) -> _Node:
    for _ in range(many):
        node = node.gap or node
    return node


def _unique(nodes: _Nodes, kind: Literal["labels", "labels_at_end"]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for node in nodes for label in getattr(node, kind)))


_UNKNOWN: Final = _Set((), ())


@dataclass(frozen=True, slots=True)
class Sentences:
    """The words of a message; `ends[n]` is the number of the word behind the sentence of word n."""

    words: Sequence[str]
    ends: Sequence[int]


class _Keys:
    """The keys of a word in the tree: the word itself, and the numbers of the slots that it can
    fill. Only needed while the tree grows."""

    def __init__(self) -> None:
        self.of: dict[str, list[str | int]] = {}
        self._numbers: dict[frozenset[str], int] = {}

    def of_slot(self, slot: frozenset[str]) -> str | int:
        if len(slot) == 1:
            (word,) = slot
            known = self.of.setdefault(word, [])
            if word not in known:
                known.append(word)
            return word
        if slot not in self._numbers:
            self._numbers[slot] = len(self._numbers)
            for word in slot:
                self.of.setdefault(word, []).append(self._numbers[slot])
        return self._numbers[slot]


class Phrasebook:
    """`phrases` by label; `lists` are the word lists for `@name`."""

    def __init__(
        self, phrases: Mapping[str, Sequence[str]], lists: Mapping[str, frozenset[str]]
    ) -> None:
        self._anywhere, self._at_start = _Node(), _Node()
        keys = _Keys()
        for label, written in phrases.items():
            for phrase in written:
                for slots in expanded(phrase, lists):
                    self._add(slots, label, keys)
        known: dict[Hashable, _Node] = {}
        self._anywhere, self._at_start = (
            _shared(root, known) for root in (self._anywhere, self._at_start)
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
        self._sets: dict[tuple[_Nodes, _Waiting], _Set] = {}
        self._roots = (
            _Set((self._anywhere,), ()),
            _Set((self._anywhere, self._at_start), ()),
        )

    def _add(self, slots: Sequence[Slot], label: str, keys: _Keys) -> None:
        node = self._anywhere
        for place, slot in enumerate(slots):
            if slot == BEGIN:
                node = self._at_start
            elif slot == GAP:
                node.gap = node.gap or _Node()
                node = node.gap
            elif slot == END:
                if place + 1 < len(slots):
                    raise ValueError("the sentence's end is not at the phrase's end")
                node.labels_at_end = (*node.labels_at_end, label)
                return
            elif isinstance(slot, frozenset):
                node = node.next.setdefault(keys.of_slot(slot), _Node())
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
            met: _Set | None = at_start if begins else anywhere
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

    def _step(self, met: _Set, kind: int) -> _Set | None:
        """The set after a word of a kind; None if no phrase continues."""
        nodes, waiting = met.step(self._keys[kind])
        after = None
        if nodes or waiting:
            after = self._sets.get((nodes, waiting)) or _Set(nodes, waiting)
            self._sets[nodes, waiting] = after
        met.after[kind] = after
        self._kept += 1
        return after
