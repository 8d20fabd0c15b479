"""Typing errors: one letter wrong, missing, doubled or swapped."""

from collections.abc import Iterable, Iterator, Sequence

_SHORTEST = 5


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def one_error(left: str, right: str) -> bool:
    """Whether words differ by one letter too many, missing, wrong, or two neighbours swapped."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    at = 0
    while at < min(len(left), len(right)) and left[at] == right[at]:
        at += 1
    rest, other = left[at:], right[at:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:] and len(rest) > 1
    return rest[1:] == other or rest == other[1:] or rest[1:] == other[1:] or swapped


class Spelling:
    """Corrects the words that matter most, faster than by a comparison with each.

    `words` are those to recognise; a word in a set of `right` is correct as written.
    """

    def __init__(self, words: Iterable[str], right: Sequence[frozenset[str]]) -> None:
        self._right = right
        self._words = frozenset(words)
        self._shorter = {short: word for word in words for short in _without_one(word)}

    def meant(self, word: str) -> str:
        """Return the word itself, or the word of the list that is one error away."""
        if len(word) < _SHORTEST or any(word in words for words in (self._words, *self._right)):
            return word
        found = self._shorter.get(word)
        if found:
            return found
        for short in _without_one(word):
            if short in self._words:
                return short
            found = self._shorter.get(short)
            if found and abs(len(found) - len(word)) <= 1:
                return found
        return word
