"""Structured logs: one JSON object a line on standard output, without secrets.

`SecretString` is the first defence. This is the second: it masks values under names that mean a
secret, and texts that look like a token. Of an exception it logs only the type and the frames,
because messages of foreign exceptions contain URLs, headers and submitted values.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, TextIO

import orjson

from app.observability import correlation

STRUCK = "[hidden]"
_SECRET_NAMES = re.compile(r"token|secret|password|api.?key|authorization|credential", re.I)
_TOKENS = re.compile(r"\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{20,}|\b[Bb]earer\s+[!-~]+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their debug lines hold whole URLs, an e-mail address in the search among them.
_TALKATIVE = ("urllib3", "requests", "hvac", "flask_caching", "openai", "httpx2", "httpcore2")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        whole, milliseconds = divmod(int(record.created * 1000), 1000)
        line: dict[str, Any] = {
            "time": f"{_second(whole)}.{milliseconds:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _without_tokens(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _OWN:
                line[name] = _struck(name, value)
        if "request_id" not in line and (request_id := correlation.request_id()):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line["exception"] = frames_of(*record.exc_info[1:])
        try:
            return orjson.dumps(line, default=repr).decode()
        except orjson.JSONEncodeError:
            return json.dumps(line, default=repr)


class WholeLines(logging.StreamHandler[TextIO]):
    """Each line in one write, so that lines do not mix and no thread waits for another's."""

    def handle(self, record: logging.LogRecord) -> bool:
        """As `logging.Handler` documents it, without its lock."""
        kept = self.filter(record)
        if isinstance(kept, logging.LogRecord):
            record = kept
        if kept:
            self.emit(record)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n"
            self.stream.write(line)
            self.stream.flush()
        except (OSError, ValueError):
            self.handleError(record)


def frames_of(error: BaseException, trace: TracebackType | None) -> list[str]:
    """An exception's type and where it was raised, without its message."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
    return [type(error).__qualname__, *frames]


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """All logs of the process, including libraries. A full disk loses the line but has no other
    effect."""
    handler = WholeLines(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    logging.raiseExceptions = False
    # Unused fields, which each record would pay for ("Optimization", logging HOWTO).
    # The process id stays: gunicorn's own lines have it, and are dropped without it.
    logging.logThreads = logging.logMultiprocessing = False
    root = logging.getLogger()
    logging._srcfile = None  # as the HOWTO tells
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


@lru_cache(maxsize=4)
def _second(whole: int) -> str:
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _struck(name: str, value: Any) -> Any:
    """Masks at any depth; a value that is not JSON is written as its `repr`."""
    if _means_secret(name):
        return STRUCK
    if isinstance(value, str):
        return _without_tokens(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {_struck("", str(key)): _struck(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_struck("", inner) for inner in value]
    return _without_tokens(repr(value))


def _without_tokens(text: str) -> str:
    """Most texts have not a sign of one, which is seen in a tenth of the time."""
    return _TOKENS.sub(STRUCK, text) if "." in text or "earer" in text else text


@lru_cache(maxsize=256)
def _means_secret(name: str) -> bool:
    return bool(_SECRET_NAMES.search(name))
