"""Blocks of commands of a page, run one after another in one shell, as a reader pastes them."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.local.running import ROOT, Run

_BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_ANYTHING = "…"
# A line that no command prints.
_END = "--- end of the block"
# The addresses of a run whose ports nobody chose, as pages write them.
_APP, _SANDBOX = "http://127.0.0.1:8000", "http://127.0.0.1:8300"


@dataclass(frozen=True)
class Block:
    """Commands, and what the page says that they print; None if it does not."""

    commands: str
    printed: str | None


def blocks(text: str) -> list[Block]:
    """A block without a language right behind one of commands is what they print."""
    found: list[Block] = []
    end = -1
    for fence in _FENCE.finditer(text):
        block = _BLOCK.fullmatch(fence[0])
        if block and block[1]:
            found.append(Block(block[2], None))
            end = fence.end()
        elif block and found and not text[end : fence.start()].strip():
            found[-1] = Block(found[-1].commands, block[2])
    return found


class Reader:
    """Somebody in the directory of a local run, with its parts where pages have them: `.local` and
    `.venv`. `typed` is what they type when a command asks."""

    def __init__(self, run: Run, place: Path, path: str = os.environ["PATH"]) -> None:
        self._run, self._place, self._path = run, place, path
        place.mkdir()
        (place / ".local").symlink_to(run.state)
        (place / ".venv").symlink_to(sys.prefix)

    def paste(self, pasted: list[Block], typed: str = "") -> list[str]:
        """What each block printed. Raises if one fails."""
        script = "".join(f"{self._here(each.commands)}\necho '{_END}'\n" for each in pasted)
        environ = {"PATH": self._path, "HOME": str(self._place), "VAULT_CLIENT_TIMEOUT": "30"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self._place,
            env=environ,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout.split(f"{_END}\n")[:-1]

    def assert_printed(self, block: Block, printed: str) -> None:
        assert block.printed is not None
        told = self._here(block.printed)
        pieces = (re.escape(_without_space(piece)) for piece in told.split(_ANYTHING))
        pattern = ".*".join(pieces)
        assert re.fullmatch(pattern, _without_space(printed)), (told, printed)

    def _here(self, text: str) -> str:
        sandbox = (self._run.state / "sandbox-url").read_text().strip()
        return text.replace(_APP, self._run.url).replace(_SANDBOX, sandbox)


def _without_space(text: str) -> str:
    """Pages break lines where answers do not."""
    return re.sub(r"\s", "", text)


def page(name: str) -> str:
    return (ROOT / name).read_text()


def section(text: str, title: str) -> str:
    """From this heading to the next of its level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]
