"""The command line as an operator has it: with a token in the environment."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from tests.rig import Stage, faults_end

Flask = Callable[..., Result]


healthy = pytest.fixture(faults_end, autouse=True)


@pytest.fixture
def flask(stage: Stage) -> Flask:
    return flask_of(stage)


def flask_of(stage: Stage) -> Flask:
    """Runs `flask …`; `said` is its standard input. What it writes is searched for keys."""
    runner = stage.app.test_cli_runner()

    def run(*arguments: str, said: str | None = None, **environment: str | None) -> Result:
        environment = {"VAULT_TOKEN": stage.operator.token, "VAULT_TOKEN_FILE": None} | environment
        result = runner.invoke(args=arguments, input=said, env=environment)
        stage.canaries.keep("cli", result.output.encode())
        return result

    return run


def table(result: Result) -> list[dict[str, str]]:
    """What a command printed as a table, a row for each line, by its headings."""
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    if not lines:
        return []
    headings = re.split(r"  +", lines[0])
    assert all(heading == heading.upper() for heading in headings)
    starts = [lines[0].index(heading) for heading in headings]
    ends = [*starts[1:], None]
    return [
        {h.lower(): line[a:b].strip() for h, a, b in zip(headings, starts, ends, strict=True)}
        for line in lines[1:]
    ]


def document(result: Result) -> Any:
    """What a command printed as JSON."""
    return json.loads(told(result))


def told(result: Result) -> str:
    """What a command that went well wrote."""
    assert result.exit_code == 0, result.output
    return result.output


def refused(result: Result, code: int = 1) -> str:
    """The one line with which a command failed."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    *usage, line = result.output.splitlines()
    assert line.startswith("Error: ")
    assert code == 2 or not usage
    return line
