"""How a name is written."""

import re
from collections.abc import Collection

_LETTERS = re.compile(r"[^\W\d_]+")
_BY_LETTER = re.compile(r"\b(?:[^\W\d_]-){2,25}[^\W\d_]\b")
""" "J-A-Y-N-E"."""
_OF_A_FAMILY = re.compile(r"(?<=.) (?:De(?: L[ao]s?)?|Del)(?= )")
""" "Maria de la Cruz"."""
_JOINERS = re.compile("[\u200c\u200d]")
_LONGEST, _SHOUTED = 100, 4


def spelled(name: str) -> str | None:
    """The name to store: as given, capitalised if it had no capitals or nothing else."""
    name = _BY_LETTER.sub(_joined, " ".join(name.split()).rstrip("'-\""))
    if not name or len(name) > _LONGEST or not _JOINERS.sub("", name).isprintable():
        return None
    if name.islower() or (name.isupper() and len(name) > _SHOUTED and not _is_initials(name)):
        name = _LETTERS.sub(lambda part: part[0].capitalize(), name)
        name = re.sub(r"'S\b", "'s", name)
        name = _OF_A_FAMILY.sub(lambda part: part[0].lower(), name)
    return name


def _joined(letters: re.Match[str]) -> str:
    return letters[0].replace("-", "").capitalize()


def capitalised(name: str, particles: Collection[str]) -> str:
    """A name whose first word alone has no capital: "tasha Willoughby"."""
    first, _, rest = name.partition(" ")
    small = first.islower() and first not in particles and rest[:1].isupper()
    return f"{first.capitalize()} {rest}" if small else name


def _is_initials(name: str) -> bool:
    return all(len(part) <= 1 for part in re.split(r"[. ]", name))
