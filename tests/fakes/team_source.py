"""Vault as resolution sees it: one team whose key changes, and reads that wait to be let go."""

import threading
from collections.abc import Callable

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig, TeamKey
from app.errors import TeamNotFound
from tests.fakes.waiting import patiently


class GatedSource:
    """Implements `TeamSource`. A read sees what is stored the moment that it asks; where `gated`,
    it waits to ask and waits again to answer."""

    def __init__(self, team_id: TeamId) -> None:
        self.team_id = team_id
        self.version = 1
        self.gated = False
        self.loads = 0
        self._waiting: list[threading.Event] = []
        self._lock = threading.Lock()

    def find_slug(self, slug: Slug) -> TeamId | None:
        return self.team_id if slug == "a-firm" else None

    def read_team(self, team_id: TeamId) -> Team:
        if team_id != self.team_id:
            raise TeamNotFound
        self.loads += 1
        return Team(team_id, Slug("a-firm"), "A Firm", TeamConfig({}))

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        self._wait()
        seen = self.version
        self._wait()
        return TeamKey(SecretString(f"key-of-version-{seen}"), TeamUlid(team_id), seen)

    def wait(self, is_over: Callable[[float], bool]) -> None:
        patiently(is_over)

    def waiting(self) -> int:
        return len(self._waiting)

    def let_go(self, which: int = 0) -> None:
        """One of those that wait, if there is one."""
        with self._lock:
            if self._waiting:
                self._waiting.pop(which % len(self._waiting)).set()

    def let_all_go(self) -> None:
        self.gated = False
        while self._waiting:
            self.let_go()

    def _wait(self) -> None:
        if not self.gated:
            return
        gate = threading.Event()
        with self._lock:
            self._waiting.append(gate)
        gate.wait(30)
