"""docs/deployment.md as a list of sections with their blocks of commands."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "deployment.md"
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(
    r"^(?P<mark><!-- second machine -->\n)?```sh\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """Commands to paste; on the second machine where the page says so."""

    text: str
    on_second_machine: bool


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


def sections() -> list[Section]:
    """Those that have commands, in the page's order."""
    parts = _HEADING.split(PAGE.read_text())
    found = [
        Section(
            title,
            tuple(Block(each["text"], bool(each["mark"])) for each in _BLOCK.finditer(text)),
        )
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return [section for section in found if section.blocks]
