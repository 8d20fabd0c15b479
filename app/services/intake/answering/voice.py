"""Sentences of a language, with varying wordings."""

from collections.abc import Sequence
from zlib import crc32

from app.services.intake.languages import Language


class Voice:
    """`seed` comes from the conversation's first message, `turn` counts its messages: the same
    conversation gets the same words, and two successive turns never use the same wording."""

    def __init__(self, language: Language, opening: str, turn: int) -> None:
        self.language = language
        self._at = crc32(opening.encode()) + turn

    def say(self, sentence: str, /, **fields: str) -> str:
        ways = self.language.sentences[sentence]
        return ways[self._at % len(ways)].format(**fields)

    def listed(self, names: Sequence[str], joint: str) -> str:
        """Names as text: "a, b and c"."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.say(f'word.{joint}')} {names[-1]}"
