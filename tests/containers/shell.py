"""One bash in which the guide's blocks run one after the other, as an operator would paste them."""

import subprocess
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

_POLL = 0.1


class Failed(AssertionError):
    """A command of a block failed; the message has what it wrote."""


class Shell:
    """Variables and functions of a block are there in the next one. The first failure ends it."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self._directory = directory
        self._output = directory / "output"
        self._bash = subprocess.Popen(
            ["bash", "--norc", "-e"],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=self._output.open("wb"),
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, block: str, seconds: float = 900) -> str:
        """Runs a block as it is written; returns what it wrote."""
        mark = uuid.uuid4().hex
        script = self._directory / "block.sh"
        script.write_text(block)
        before = self._output.stat().st_size
        assert self._bash.stdin
        if self._bash.poll() is None:
            # A command of the block that reads its input must not read our next line.
            self._bash.stdin.write(f". {script} < /dev/null\nprintf '%s\\n' {mark}\n")
            self._bash.stdin.flush()
        deadline = time.monotonic() + seconds
        while True:
            ended = self._bash.poll() is not None
            told = self._output.read_bytes()[before:].decode(errors="replace")
            if told.endswith(f"{mark}\n"):
                return told.removesuffix(f"{mark}\n")
            if ended or time.monotonic() > deadline:
                why = f"status {self._bash.returncode}" if ended else "it does not end"
                raise Failed(f"{why}\n{block}\n{told[-4000:]}")
            time.sleep(_POLL)

    def value(self, name: str) -> str:
        """A variable of the shell."""
        return self.run(f'printf %s "${name}"')

    def close(self) -> None:
        assert self._bash.stdin
        self._bash.stdin.close()
        self._bash.wait(30)
