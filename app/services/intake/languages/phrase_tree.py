"""The tree of words that a language's phrases form, and sets of its nodes."""

from collections.abc import Hashable, Sequence
from typing import Literal

_WIDEST_GAP = 3


class Node:
    """A place in the tree. `gap` is where the phrases go on that leave a gap here."""

    __slots__ = ("gap", "labels", "labels_at_end", "next")

    def __init__(self) -> None:
        self.next: dict[str | int, Node] = {}
        self.gap: Node | None = None
        self.labels: tuple[str, ...] = ()
        self.labels_at_end: tuple[str, ...] = ()


def shared(node: Node, known: dict[Hashable, Node]) -> Node:
    """The tree with equal branches merged, which saves two thirds of it."""
    node.next = {key: shared(child, known) for key, child in node.next.items()}
    node.gap = shared(node.gap, known) if node.gap else None
    alike = (frozenset(node.next.items()), node.gap, node.labels, node.labels_at_end)
    return known.setdefault(alike, node)


class Keys:
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


Nodes = tuple[Node, ...]
Waiting = tuple[tuple[Node, int], ...]


class NodeSet:
    """Nodes reached by a sequence of words. `after` caches the set after each kind of word;
    `waiting` are nodes after a gap, with the words that it may still skip."""

    __slots__ = ("after", "labels", "labels_at_end", "nodes", "waiting")

    def __init__(self, nodes: Nodes, waiting: Waiting) -> None:
        self.after: dict[int, NodeSet | None] = {}
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

    def step(self, keys: Sequence[str | int]) -> tuple[Nodes, Waiting]:
        """The nodes after a word with these keys, and those after a gap."""
        met = (node.next[key] for key in keys for node in self.nodes if key in node.next)
        return tuple(dict.fromkeys(met)), tuple(
            (node, left - 1) for node, left in self.waiting if left
        )


def _last_gap(node: Node, many: int) -> Node:
    for _ in range(many):
        node = node.gap or node
    return node


def _unique(nodes: Nodes, kind: Literal["labels", "labels_at_end"]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for node in nodes for label in getattr(node, kind)))
