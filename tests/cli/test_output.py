"""What teams and clients write reaches no terminal as a command."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import output

CLI = Path(output.__file__).parent
# Titles, colours, the cursor, C1's one-byte forms, and letters that turn a line round.
HOSTILE = "a\x1b]0;owned\x07b\x1b[2Jc\x9b31md\re\x7ff\u202eg\u2028h"


def test_a_line_keeps_its_letters_alone(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(HOSTILE)
    assert capsys.readouterr().out == "a]0;ownedb[2Jc31mdefgh\n"


def test_tables_and_fields_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(["name"], [[HOSTILE]])
    output.print_fields({"name": HOSTILE})
    told = capsys.readouterr().out
    assert all(letter.isprintable() or letter == "\n" for letter in told)


@given(st.text())
def test_json_loses_nothing(text: str) -> None:
    with redirect_stdout(StringIO()) as written:
        output.print_json({"name": text}, indent=None)
    told = written.getvalue()
    assert all(letter.isprintable() or letter == "\n" for letter in told)
    assert json.loads(told) == {"name": text}


def test_nothing_else_prints() -> None:
    files = [file for file in CLI.glob("*.py") if file.name != "output.py"]
    assert len(files) > 10
    for file in files:
        assert not re.search(r"\bclick\.s?echo\(|(?<!def )\bprint\(", file.read_text()), file
