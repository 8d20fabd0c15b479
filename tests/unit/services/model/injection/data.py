"""The cases, as data: one a line, with comments."""

from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent


class Case(NamedTuple):
    """`what` is a name or a field, and empty where the file has none."""

    language: str
    what: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.language} {self.what or self.text[:40]}"


def cases(file: str) -> list[Case]:
    """Python's escapes stand for characters that nobody can see."""
    lines = (_FOLDER / f"{file}.txt").read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [Case(row[0], row[1] if len(row) > 2 else "", _unescaped(row[-1])) for row in rows]


def _unescaped(text: str) -> str:
    for code in ("200b", "202e", "0430"):
        text = text.replace(f"\\u{code}", chr(int(code, 16)))
    return text
