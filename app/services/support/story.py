"""What happened in one intake, in order of time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# What of a line is told. Anything else may be of the client, or of no use.
_OF_A_LINE = (
    *("method", "route", "status", "milliseconds", "team_id", "matter", "stored", "repeat"),
    *("reason", "state", "channel", "cause", "key_version", "blawby", "request_id", "trace_id"),
)
_OF_THE_CLIENT = ("address",)


@dataclass(frozen=True, slots=True)
class Happening:
    """`source`: `log`, `record` or `audit`."""

    at: datetime
    source: str
    what: str
    details: Mapping[str, Any]


def from_log(lines: Iterable[Mapping[str, Any]], with_client_data: bool) -> list[Happening]:
    """Without what the log knows of the client, unless told."""
    shown = _OF_A_LINE + (_OF_THE_CLIENT if with_client_data else ())
    found = []
    for line in lines:
        at = moment(line.get("time"))
        if at:
            details = {name: line[name] for name in shown if line.get(name) is not None}
            exception = line.get("exception")
            if isinstance(exception, list) and exception:
                details["exception"] = str(exception[0])
            found.append(Happening(at, "log", str(line.get("event")), details))
    return found


def in_order(*parts: Sequence[Happening]) -> list[Happening]:
    return sorted((each for part in parts for each in part), key=lambda happening: happening.at)


def moment(text: Any) -> datetime | None:
    """None for what is no time; UTC unless told."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
