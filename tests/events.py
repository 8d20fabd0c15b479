"""Server-Sent Events as a client reads them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Events = list[tuple[str, Any]]


def events_of(body: bytes) -> Events:
    """Name and data of each event. Comments are left out; anything else that is no event of ours
    fails."""
    return list(read_events(body.splitlines(keepends=True)))


def read_events(lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """As they come; `lines` are with or without their ends."""
    name = data = None
    for line in lines:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            assert name is None, "an event with two names"
            name = text.removeprefix("event: ")
        elif text.startswith("data: "):
            assert data is None, "an event with two lines of data"
            data = json.loads(text.removeprefix("data: "))
        elif not text and name is not None:
            yield name, data
            name = data = None
        else:
            assert not text or text.startswith(":"), text


def names_of(events: Events) -> list[str]:
    return [name for name, _ in events]


def words_of(events: Events) -> str:
    """What the pieces are together."""
    return "".join(data["text"] for name, data in events if name == "text")


def only(events: Events, name: str) -> Any:
    [found] = [data for each, data in events if each == name]
    return found
