"""The conversations in this folder, read from their files (README.md says how they are written)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent
_EXPECTATION = re.compile(r"= (\w+)( ~|:| !~) ?(.*)")
_HELD_BACK_ONE_IN = {
    **dict.fromkeys(("unseen", "unseen_2", "unseen_3", "unseen_5"), 3),
    **dict.fromkeys(("unseen_6", "unseen_7"), 1),
}
_HELD_BACK_ELSE = 5
_MACROS = {
    "@contact": ("Jane Doe", "Raleigh, NC", "919-832-1234", "jane@example.com"),
}
_MACROS["@complete"] = (*_MACROS["@contact"], "I need help with a divorce")
_MACROS["@evict"] = (*_MACROS["@contact"], "My landlord wants to evict me.")
_MACROS["@evict_and_fired"] = (
    *_MACROS["@evict"],
    "I also was fired from my job at Acme because I am pregnant.",
)
_MACROS["@evict_es"] = (
    "Soy Ana Poe de Raleigh, Carolina del Norte. Mi correo es ana@example.com y mi teléfono "
    "919-832-1234. Mi casero me quiere desalojar.",
)

Sort = Literal["slots", "workflows", "answers"]


@dataclass(frozen=True, slots=True)
class Expectation:
    what: str
    how: str
    values: tuple[str, ...]

    @property
    def sort(self) -> Sort:
        if self.what == "workflow":
            return "workflows"
        return "answers" if self.what in ("says", "hush") else "slots"

    def __str__(self) -> str:
        return f"{self.what}{self.how} {' | '.join(self.values)}"


@dataclass(slots=True)
class Step:
    """One message of the client, and what is expected of the turn."""

    text: str
    expected: list[Expectation] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    kind: str
    title: str
    team: str = "nc"
    steps: list[Step] = field(default_factory=list)

    @property
    def held_back(self) -> bool:
        digest = hashlib.sha256(f"{self.kind}/{self.title}".encode()).digest()
        return digest[0] % _HELD_BACK_ONE_IN.get(self.kind, _HELD_BACK_ELSE) == 0


def _expectation(line: str) -> Expectation:
    match = _EXPECTATION.fullmatch(line)
    if match is None:
        raise ValueError(f"not an expectation: {line}")
    what, how, rest = match[1], match[2].strip(), match[3]
    exact = how == ":" and what not in ("says", "hush")
    values = (rest,) if exact else tuple(value.strip() for value in rest.split("|"))
    return Expectation(what, how, values)


def _read(path: Path) -> Iterator[Conversation]:
    current: Conversation | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            if current:
                yield current
            current = Conversation(path.stem, line[2:])
        elif current is None or not line.strip():
            continue
        elif line.startswith("team: "):
            current.team = line.removeprefix("team: ")
        elif line.startswith("> "):
            text = line[2:].replace("\\n", "\n")
            current.steps.extend(Step(said) for said in _MACROS.get(text, (text,)))
        else:
            current.steps[-1].expected.append(_expectation(line))
    if current:
        yield current


def conversations() -> list[Conversation]:
    return [one for path in sorted(FOLDER.glob("*.txt")) for one in _read(path)]
