"""Which lines belong to one intake: from any of its names to all of them, and to nobody else's."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.ids import TeamId, session_mark
from app.services.support.trail import Trail

OURS, THEIRS = TeamId("01jq70jnstyfzevc6423czh50e"), TeamId("01jq70jnstyfzevc6423czh50f")
SESSION, MATTER = "chat-1", "a" * 32


def line(team_id: str, request_id: str | None = None, **names: str) -> bytes:
    named = {"request_id": request_id} if request_id else {}
    return json.dumps({"event": "x", "team_id": team_id} | named | names).encode()


def turn(team_id: TeamId, request_id: str, session: str = SESSION, **names: str) -> bytes:
    return line(team_id, request_id, session=session_mark(session), **names)


class Log:
    def __init__(self, *lines: bytes) -> None:
        self._lines = lines
        self.read = 0

    def __call__(self) -> Iterator[bytes]:
        self.read += 1
        return iter(self._lines)


LOG = Log(
    turn(OURS, "r1"),
    turn(OURS, "r2", matter=MATTER),
    line(OURS, "r2", blawby="created"),
    line(OURS, matter=MATTER, channel="webhook"),
    turn(THEIRS, "r3"),
    turn(OURS, "r4", session="chat-2", matter="b" * 32),
)


def requests_of(found: list[Mapping[str, Any]]) -> set[str]:
    return {each["request_id"] for each in found if "request_id" in each}


def test_every_name_leads_to_all_lines_of_the_intake() -> None:
    for name in ("r1", "r2", MATTER, MATTER.upper()):
        trail = Trail.of(name)
        found = trail.follow(LOG)
        assert requests_of(found) == {"r1", "r2"}, name
        assert [each for each in found if each.get("channel") == "webhook"], name
        assert trail.teams == {MATTER: OURS}


def test_a_session_is_one_of_a_team() -> None:
    assert requests_of(Trail.of(SESSION).follow(LOG)) == {"r1", "r2", "r3"}
    assert requests_of(Trail.of(SESSION, OURS).follow(LOG)) == {"r1", "r2"}
    assert requests_of(Trail.of("r3").follow(LOG)) == {"r3"}


def test_names_that_come_late_bring_lines_that_came_before() -> None:
    log = Log(*reversed([*LOG()]))
    assert requests_of(Trail.of("r1").follow(log)) == {"r1", "r2"}
    assert log.read <= 5


def test_what_is_no_line_of_ours_is_passed_over() -> None:
    log = Log(b"r1", b'["r1"]', b'{"request_id": "r1"', b'{"request_id": ["r1"]}', b"\xff r1")
    assert Trail.of("r1").follow(log) == []


def test_lines_without_a_session_belong_to_no_session() -> None:
    log = Log(turn(OURS, "r1"), line(OURS, "r1"), line(OURS, "r7"), line(OURS, channel="webhook"))
    assert requests_of(Trail.of("r1").follow(log)) == {"r1"}
    assert len(Trail.of("r1").follow(log)) == 2
    log = Log(*LOG(), json.dumps({"request_id": "r8", "session": session_mark("chat-9")}).encode())
    assert requests_of(Trail.of("r8").follow(log)) == {"r8"}
