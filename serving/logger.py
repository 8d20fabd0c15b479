"""gunicorn's own lines, in the format of the app's lines: one JSON object each.

They contain nothing of a request: the worker logs no request (the app does), and of an exception
only its type and its frames.
"""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from gunicorn.glogging import Logger

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "process": record.process,
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _frames(record.exc_info[1])
        return orjson.dumps(line, default=repr).decode()


class JsonLogger(Logger):
    """gunicorn's `logger_class`. A full disk loses the line but has no other effect."""

    def setup(self, cfg: Any) -> None:
        """Runs at the start and again at each HUP."""
        super().setup(cfg)
        logging.raiseExceptions = False
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())

    def access(self, *_: Any) -> None:
        """gunicorn's access line would contain the query string. The app writes its own line."""


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__qualname__, *(f"{f.filename}:{f.lineno} {f.name}" for f in frames)]
