"""Which lines of the app's log belong to one intake."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.domain.ids import TeamId, is_team_id, session_mark

_NAMES = ("request_id", "matter", "session", "team_id")
Lines = Callable[[], Iterable[bytes]]


@dataclass(slots=True)
class Trail:
    """What an intake is called: it begins with one name, and lines that have it bring others.

    A session is one of a team, because two teams' clients may use the same id. `teams` are those of
    the matters.
    """

    requests: set[str]
    matters: set[str]
    sessions: set[tuple[str | None, str]]
    teams: dict[str, TeamId] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, team_id: TeamId | None = None) -> "Trail":
        """`name`: the id of a request, a session or a matter. `team_id`: whose session it is, where
        that is known."""
        return cls({name}, {name.lower()}, {(team_id, session_mark(name))})

    def follow(self, lines: Lines) -> list[Mapping[str, Any]]:
        """The lines that belong to it. They are read again until they bring no new name."""
        while True:
            known = self._size()
            found = [line for line in self._likely(lines()) if self.has(line)]
            for line in found:
                self._learn(line)
            if self._size() == known:
                return found

    def has(self, line: Mapping[str, Any]) -> bool:
        request_id, matter, session, team_id = map(partial(_text, line), _NAMES)
        return (
            request_id in self.requests
            or matter in self.matters
            or (None, session) in self.sessions
            or (team_id, session) in self.sessions
        )

    def _likely(self, lines: Iterable[bytes]) -> Iterable[Mapping[str, Any]]:
        """Lines that have one of the names anywhere: most have none, and are not parsed."""
        sessions = {session for _, session in self.sessions}
        names = [name.encode() for name in self.requests | self.matters | sessions]
        return parsed(line for line in lines if any(name in line for name in names))

    def _learn(self, line: Mapping[str, Any]) -> None:
        request_id, matter, session, team_id = map(partial(_text, line), _NAMES)
        if request_id:
            self.requests.add(request_id)
        if session and team_id:
            self.sessions.add((team_id, session))
        if matter:
            self.matters.add(matter)
            if is_team_id(team_id):
                self.teams[matter] = TeamId(team_id)

    def _size(self) -> int:
        return len(self.requests) + len(self.matters) + len(self.sessions)


def _text(line: Mapping[str, Any], name: str) -> str:
    """Empty where it is missing, or no text."""
    value = line.get(name)
    return value if isinstance(value, str) else ""


def parsed(lines: Iterable[bytes]) -> Iterable[Mapping[str, Any]]:
    """Those that are JSON objects; of a log that was cut, the last line is none."""
    for line in lines:
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            yield document
