"""What one worker's memory keeps of a team, each value under the generation it was loaded for."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.ids import TeamId
from app.domain.stamps import announced
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound, TeamUnusable
from app.ports import Values

_RETRY_SECONDS = 2
_JITTER = 0.1
Absence = type[TeamNotFound] | type[TeamUnusable]


@dataclass(frozen=True, slots=True)
class Kept:
    """A loaded value, or the error if the team is not usable, and its generation. Times are the
    monotonic clock's."""

    stamp: str | None
    value: ResolvedTeam | Absence
    fresh_until: float
    usable_until: float

    @property
    def degraded(self) -> bool:
        return isinstance(self.value, ResolvedTeam) and self.value.degraded


class Memory:
    """`stale`: seconds that a value is usable in an outage after it is no longer fresh."""

    def __init__(self, values: Values, stale: int, clock: Callable[[], float]) -> None:
        self._values = values
        self._stale = stale
        self._clock = clock

    def kept(self, team_id: TeamId, stamp: str | None) -> Kept | None:
        """The value that was kept under just this stamp."""
        kept: Kept | None = self._values.get(team_id)
        return kept if kept and kept.stamp == stamp else None

    def keep(
        self, team_id: TeamId, stamp: str | None, value: ResolvedTeam | Absence, seconds: float
    ) -> Kept:
        """Keep a value under its stamp; without one, only that there is none."""
        now = self._clock()
        fresh = seconds * (1 - _JITTER * random.random())  # noqa: S311 (spreads reloads, no secret)
        current = isinstance(value, ResolvedTeam) and is_current(value, stamp)
        usable = fresh + (self._stale if current else 0)
        kept = Kept(stamp, value, now + fresh, now + usable)
        if stamp or not isinstance(value, ResolvedTeam):
            self._values.set(team_id, kept, int(usable) + 1)
        return kept

    def keep_stale(self, team_id: TeamId, kept: Kept) -> Kept:
        """The older value once more; Vault is tried again in some seconds, not by each request."""
        now = self._clock()
        value = kept.value
        if isinstance(value, ResolvedTeam):
            value = replace(value, degraded=True)
        stale = replace(kept, value=value, fresh_until=min(now + _RETRY_SECONDS, kept.usable_until))
        self._values.set(team_id, stale, int(kept.usable_until - now) + 1)
        return stale

    def is_usable(self, kept: Kept) -> bool:
        return isinstance(kept.value, ResolvedTeam) and self._clock() < kept.usable_until


def is_current(value: ResolvedTeam, stamp: str | None) -> bool:
    """Whether the value is complete, and its key not older than the stamp says."""
    older = value.key is not None and value.key.version < announced(stamp)
    return not value.key_unavailable and not older
