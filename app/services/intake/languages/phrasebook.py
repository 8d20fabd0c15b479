"""Phrases of a language and the one pass that finds them in a message's words.

The phrases of all labels stand in one tree of words. Following a message through the tree gives
sets of its nodes; each set that was met is kept with what follows from it, so that the next message
takes one step a word (as in RE2, such sets are thrown away when they become many). At each word the
walk goes at most as deep as the longest phrase, so the time is linear in the message's length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from app.services.intake.languages.notation import BEGIN, END, GAP, Slot, expanded

_WIDEST_GAP = 3
_MOST_KEPT = 20_000
"""Steps that are remembered. Ordinary conversations need a few thousand."""


class Found(NamedTuple):
    """A phrase in a message: the numbers of its first word and of the word behind it."""

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


class _Set:
    """Nodes that a row of words has led to. `after` is the set behind each further word, as far as
    it was asked for; `waiting` are nodes behind a gap, with the words that it may still pass."""

    __slots__ = ("after", "labels", "labels_at_end", "nodes", "waiting")

    def __init__(self, nodes: Sequence[_Node], waiting: Sequence[tuple[_Node, int]]) -> None:
        self.after: dict[str, _Set | None] = {}
        self.labels = _unique(nodes, "labels")
        self.labels_at_end = _unique(nodes, "labels_at_end")
        self.nodes: dict[str | int, list[_Node]] = {}
        self.waiting = [*waiting]
        for node in nodes:
            left, gap = 0, node.gap
            while gap is not None:  # two gaps in a row are one of twice the width
                left, gap = left + _WIDEST_GAP, gap.gap
                self.waiting.append((_last_gap(node, left // _WIDEST_GAP), left))
        for node in (*nodes, *(node for node, _ in self.waiting)):
            for key, child in node.next.items():
                self.nodes.setdefault(key, []).append(child)

    def step(self, keys: Sequence[str | int]) -> "_Set | None":
        """The set behind a word with these keys; None where no phrase goes on."""
        nodes = {id(node): node for key in keys for node in self.nodes.get(key, ())}
        waiting = [(node, left - 1) for node, left in self.waiting if left]
        return _Set(list(nodes.values()), waiting) if nodes or waiting else None


def _last_gap(node: _Node, many: int) -> _Node:
    for _ in range(many):
        node = node.gap or node
    return node


def _unique(nodes: Sequence[_Node], kind: Literal["labels", "labels_at_end"]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for node in nodes for label in getattr(node, kind)))


_UNKNOWN: Final = _Set((), ())


@dataclass(frozen=True, slots=True)
class Sentences:
    """The words of a message; `ends[n]` is the number of the word behind the sentence of word n."""

    words: Sequence[str]
    ends: Sequence[int]


class Phrasebook:
    """`phrases` by label; `lists` are the word lists that `@name` stands for."""

    def __init__(
        self, phrases: Mapping[str, Sequence[str]], lists: Mapping[str, frozenset[str]]
    ) -> None:
        self._anywhere, self._at_start = _Node(), _Node()
        self._numbers: dict[frozenset[str], int] = {}
        keys: dict[str, list[str | int]] = {}
        for label, written in phrases.items():
            for phrase in written:
                for slots in expanded(phrase, lists):
                    self._add(slots, label, keys)
        self._keys = {word: tuple(known) for word, known in keys.items()}
        self.words = frozenset(self._keys)
        """Every word that occurs in a phrase."""
        self.forget()

    def forget(self) -> None:
        """Begin again with the two sets from which everything follows."""
        self._kept = 0
        self._roots = (
            _Set([self._anywhere], ()),
            _Set([self._anywhere, self._at_start], ()),
        )

    def _key(self, slot: frozenset[str], keys: dict[str, list[str | int]]) -> str | int:
        if len(slot) == 1:
            (word,) = slot
            known = keys.setdefault(word, [])
            if word not in known:
                known.append(word)
            return word
        if slot not in self._numbers:
            self._numbers[slot] = len(self._numbers)
            for word in slot:
                keys.setdefault(word, []).append(self._numbers[slot])
        return self._numbers[slot]

    def _add(self, slots: Sequence[Slot], label: str, keys: dict[str, list[str | int]]) -> None:
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
                node = node.next.setdefault(self._key(slot, keys), _Node())
        if label not in node.labels:
            node.labels = (*node.labels, label)

    def find(self, said: Sentences) -> list[Found]:
        """Every phrase in the message, in the order of its first word."""
        if self._kept > _MOST_KEPT:
            self.forget()
        anywhere, at_start = self._roots
        found: list[Found] = []
        words = [word if word in self.words else "" for word in said.words]
        begins = True
        for first, end in enumerate(said.ends):
            met: _Set | None = at_start if begins else anywhere
            begins = first + 1 == end
            if not words[first]:
                continue
            behind = first
            while met is not None and behind < end:
                word = words[behind]
                behind += 1
                after = met.after.get(word, _UNKNOWN)
                met = self._step(met, word) if after is _UNKNOWN else after
                if met is None:
                    break
                for label in met.labels:
                    found.append(Found(label, first, behind))
                if behind == end:
                    for label in met.labels_at_end:
                        found.append(Found(label, first, behind))
        return found

    def _step(self, met: _Set, word: str) -> _Set | None:
        after = met.step(self._keys.get(word, ()))
        met.after[word] = after
        self._kept += 1
        return after
