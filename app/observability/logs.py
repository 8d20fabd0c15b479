"""Structured logs: one JSON object a line on standard output, with nothing in it that is secret.

`SecretString` is the first line of defence. This is the second: values under names that mean a
secret and texts that look like a token are struck out, and of an exception only its type and its
frames are told, because the words of foreign exceptions hold URLs, headers and submitted values.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

STRUCK = "[hidden]"
_SECRET_NAMES = re.compile(r"token|secret|password|api.?key|authorization|credential", re.I)
_TOKENS = re.compile(r"\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{20,}|\b[Bb]earer\s+[!-~]+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their debug lines hold whole URLs, an e-mail address in the search among them.
_TALKATIVE = ("urllib3", "requests", "hvac", "flask_caching")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = frames_of(*record.exc_info[1:])
        told = {name: _struck(name, value) for name, value in line.items()}
        return json.dumps(told, default=repr)


def frames_of(error: BaseException, trace: TracebackType | None) -> list[str]:
    """An exception's type and where it was raised, without a word of what it says."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return [type(error).__qualname__, *frames]


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """All logs of the process, libraries' too. A full disk costs the line and nothing else."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def _struck(name: str, value: Any) -> Any:
    if isinstance(value, int | float | bool) or value is None:
        return value
    if _SECRET_NAMES.search(name):
        return STRUCK
    return _TOKENS.sub(STRUCK, value) if isinstance(value, str) else value
