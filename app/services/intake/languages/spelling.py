"""Typing errors in the words that matter most: one letter wrong, missing, doubled or swapped."""

from collections.abc import Iterable, Iterator, Sequence

_SHORTEST = 5


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


class Spelling:
    """`words` are those to recognise; a word in a set of `right` is correct as written."""

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
