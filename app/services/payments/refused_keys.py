"""Keys that Blawby refuses, listed for operators over all teams and workers.

A key that was refused is put on the worklist. Rounds try it again, so that it is taken off also
where the worker that saw the refusal has ended.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from app.domain.ids import TeamId
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import AppError, TeamNotFound
from app.ports import Background, KeyHealing, PaymentsGateways, TeamResolution, Worklist

_LISTED = 1000


class RefusedKeys:
    """`KeyHealing` as resolution does it, which also lists what Blawby refused. No client waits for
    that; only who has a key verified finds it listed at once."""

    def __init__(
        self,
        healing: KeyHealing,
        teams: TeamResolution,
        gateways: PaymentsGateways,
        worklist: Worklist,
        background: Background,
        clock: Callable[[], datetime],
    ) -> None:
        self._healing, self._teams, self._gateways = healing, teams, gateways
        self._worklist, self._background, self._clock = worklist, background, clock

    def is_rejected(self, resolved: ResolvedTeam, /) -> bool:
        return self._healing.is_rejected(resolved)

    def accepted(self, resolved: ResolvedTeam, /) -> None:
        self._healing.accepted(resolved)

    def reread(self, resolved: ResolvedTeam, /) -> ResolvedTeam | None:
        newer = self._healing.reread(resolved)
        if newer is None and resolved.key:
            note = partial(self._note, resolved.team.team_id, resolved.key.version)
            self._background.run(note)
        return newer

    def verified(self, team_id: TeamId, version: int, valid: bool) -> None:
        """A person had a key tried. The verdict stands also where Vault cannot take the news."""
        with suppress(AppError):
            if not valid:
                self._note(team_id, version)
                return
            for item in self._listed(team_id, version):
                self._worklist.remove(Kind.KEY, item)

    def try_again(self, kind: Kind, item: WorkItem) -> None:
        """Takes it off where Blawby takes the key, or the team has another one or none. Where
        nobody can say, it stays."""
        with suppress(AppError):
            if self._is_over(item):
                self._worklist.remove(kind, item)

    def _is_over(self, item: WorkItem) -> bool:
        try:
            resolved = self._teams.resolve(item.team_id)
        except TeamNotFound:
            return True
        key = resolved.key
        if resolved.key_unavailable or resolved.degraded:
            return False
        if key is None or key.version != item.key_version:
            return True
        return self._gateways.open(item.team_id, key.team_ulid, key.api_key).verify()

    def _note(self, team_id: TeamId, version: int) -> None:
        """Once for a version. Two workers at the same moment may both list it."""
        if not self._listed(team_id, version):
            now = self._clock()
            self._worklist.add(Kind.KEY, WorkItem.of_key(now, team_id, version))

    def _listed(self, team_id: TeamId, version: int) -> list[WorkItem]:
        items = self._worklist.page(Kind.KEY, None, _LISTED).items
        return [each for each in items if (each.team_id, each.key_version) == (team_id, version)]
