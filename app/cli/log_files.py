"""Files of log lines, as a command is given them: `-` is standard input."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click


class LogFile:
    """May be read more than once. Raises `ClickException` where it cannot be read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: Sequence[bytes] | None = None

    def lines(self) -> Iterator[bytes]:
        if self._name == "-":
            if self._kept is None:
                self._kept = sys.stdin.buffer.readlines()
            yield from self._kept
            return
        try:
            with Path(self._name).open("rb") as file:
                yield from file
        except OSError:
            raise click.ClickException("A file of lines cannot be read.") from None


class _LogFileType(click.ParamType[LogFile]):
    name = "file"

    def convert(self, value: Any, param: Any, ctx: Any) -> LogFile:
        if value != "-" and not Path(value).is_file():
            return self.fail("The file cannot be read.", param, ctx)
        return LogFile(str(value))


LOG_FILE = _LogFileType()
