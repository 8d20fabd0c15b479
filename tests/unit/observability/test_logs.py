"""Log lines: JSON, one each, with nothing in them that is secret."""

import io
import json
import logging
import sys
from typing import Any

import pytest

from app.domain.secret import SecretString
from app.observability.logs import STRUCK, JsonLines, configure_logs

TOKEN = "hvs.CAESIJ1234567890abcdefghijklmnop"


def formatted(message: str, *args: object, level: int = logging.INFO, **extra: Any) -> Any:
    record = logging.LogRecord("a.logger", level, "file.py", 1, message, args, None)
    vars(record).update(extra)
    line = JsonLines().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_is_what_was_said_with_its_extras() -> None:
    line = formatted("%s things", 3, route="/x", status=200, took=1.5, team_id=None)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "a.logger",
        "event": "3 things",
        "route": "/x",
        "status": 200,
        "took": 1.5,
        "team_id": None,
    }


@pytest.mark.parametrize(
    "name",
    [
        *("token", "client_token", "secretId", "password", "api_key", "apiKey", "X-Api-Key"),
        *("Authorization", "credentials"),
    ],
)
def test_what_is_under_a_secrets_name_is_struck(name: str) -> None:
    assert formatted("x", **{name: "value"})[name] == STRUCK
    assert formatted("x", **{name: ["value"]})[name] == STRUCK
    assert formatted("x", **{name: 12345678})[name] == STRUCK
    assert formatted("x", told=[{name: "value"}])["told"] == [{name: STRUCK}]


@pytest.mark.parametrize(
    "token",
    [
        TOKEN,
        "s.abcdefghijklmnopqrstuvwx",
        "b.AAAAAQJ1234567890abcdefghijk",
        "hvb.AAAAAQJ1234567890abcdefghijk",
        "Bearer live/abc+def==",
        "bearer a-key",
    ],
)
def test_what_looks_like_a_token_is_struck_wherever_it_is(token: str) -> None:
    line = json.dumps(formatted(f"before {token} behind", url=f"/x?y={token}"))
    assert token.rsplit(maxsplit=1)[-1] not in line
    assert f"before {STRUCK} behind" in line


def test_a_token_among_the_arguments_is_struck() -> None:
    assert TOKEN not in json.dumps(formatted("got %s", TOKEN))


@pytest.mark.parametrize(
    "value", [{"a": [TOKEN]}, [TOKEN], (TOKEN, 1), {TOKEN: 1}, {TOKEN}, Exception(TOKEN)]
)
def test_a_token_inside_a_value_is_struck(value: Any) -> None:
    assert TOKEN not in json.dumps(formatted("x", told=value))


def test_a_secret_string_is_hidden_wherever_it_is() -> None:
    key = SecretString("the-key-itself")
    line = json.dumps(formatted("got %s and %r", key, key, told=key, more=[key]))
    assert "the-key-itself" not in line


def test_an_exception_is_its_type_and_its_frames() -> None:
    def failing() -> None:
        raise ValueError("words with a value")

    record = logging.LogRecord("l", logging.ERROR, "f", 1, "failed", (), None)
    try:
        failing()
    except ValueError:
        record.exc_info = sys.exc_info()
    line = json.loads(JsonLines().format(record))
    kind, *frames = line["exception"]
    assert kind == "ValueError"
    assert frames[-1].endswith(" failing")
    assert "words with a value" not in json.dumps(line)


def test_no_exception_at_hand_adds_nothing() -> None:
    record = logging.LogRecord("l", logging.ERROR, "f", 1, "x", (), (None, None, None))
    assert "exception" not in json.loads(JsonLines().format(record))


def test_line_breaks_forge_no_second_line() -> None:
    assert formatted('x\n{"event": "forged"}')["event"].startswith("x\n")


@pytest.fixture
def _logging_restored() -> Any:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    yield
    root.handlers[:], level, logging.raiseExceptions = before
    root.setLevel(level)


@pytest.mark.usefixtures("_logging_restored")
def test_all_loggers_write_to_one_stream() -> None:
    stream = io.StringIO()
    configure_logs("DEBUG", stream)
    logging.getLogger("some.library").debug("hello")
    logging.getLogger("urllib3.connectionpool").debug("GET /customers?search=jane@example.com")
    [line] = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == "hello"


@pytest.mark.usefixtures("_logging_restored")
def test_a_full_disk_costs_the_line_alone() -> None:
    class Full(io.StringIO):
        def write(self, _: str, /) -> int:
            raise OSError(28, "No space left on device")

    configure_logs("INFO", Full())
    logging.getLogger("a").error("lost")


def test_numbers_that_no_json_holds_are_told_all_the_same() -> None:
    assert formatted("x", told=2**70)["told"] == 2**70
