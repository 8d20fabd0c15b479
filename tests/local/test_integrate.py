"""The commands of docs/integrate.md, as they stand there, against a local run."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.events import events_of, names_of
from tests.local.running import ROOT, Run, running

PAGE = (ROOT / "docs" / "integrate.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("runs") / "integrate") as run:
        yield run


def output_of(run: Run, command: str) -> bytes:
    environ = {
        "PATH": os.environ["PATH"],
        "API": f"{run.url}/api",
        "JSON": "Content-Type: application/json",
        "TOKEN": f"Authorization: Bearer {run.operator_token}",
    }
    return subprocess.run(
        ["bash", "-euc", command], env=environ, capture_output=True, check=True, cwd=Path("/")
    ).stdout


def test_each_command_works(run: Run) -> None:
    limit, anybody, ask, stream = COMMANDS
    limited = json.loads(output_of(run, limit))["data"]["config"]
    assert limited["allowedOrigins"] == ["https://firm.example", "https://www.firm.example"]
    assert "allowedOrigins" not in json.loads(output_of(run, anybody))["data"]["config"]
    assert json.loads(output_of(run, ask))["data"]["workflow"] == "intake"
    assert names_of(events_of(output_of(run, stream)))[-2:] == ["final", "complete"]


def test_the_line_to_embed_is_that_of_the_example() -> None:
    [line] = re.findall(r"^```html\n(.*?)\n```", PAGE, re.MULTILINE | re.DOTALL)
    assert line in (ROOT / "docs" / "embed-example.html").read_text()
