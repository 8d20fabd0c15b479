"""A team's configuration and key at run time: fast, and never older than an answered write.

A team's value stays in this worker's memory with the generation that was read before it was loaded.
Every write sets a new generation, so a slow load is stored under one that is no longer used.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.ids import Slug, TeamId
from app.domain.stamps import announced, is_first
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound, TeamUnusable, UpstreamFailure
from app.ports import Generations, GenerationsUnavailable, TeamSource, Values
from app.services.resolution.loading import Loading
from app.services.resolution.rejections import Rejections
from app.services.resolution.single_flight import SingleFlight
from app.services.resolution.slugs import UNKNOWN_SECONDS, Slugs

# For a value that is absent, or older than the stamp says: possible briefly in an election.
_DOUBTFUL_SECONDS = 1
_RETRY_SECONDS = 2
_JITTER = 0.1
_Absence = type[TeamNotFound] | type[TeamUnusable]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A loaded value, or the error if the team is not usable, and its generation. Times are the
    monotonic clock's."""

    stamp: str | None
    value: ResolvedTeam | _Absence
    fresh_until: float
    usable_until: float


class Resolution:
    """`ttl`: seconds that a value is fresh; `stale`: additional seconds in an outage.

    `observe` gets each resolution (hit, stale, miss or uncached; a miss without a load waited for
    another's), each load with its seconds, and each key that Blawby newly rejects or accepts again.
    """

    def __init__(
        self,
        source: TeamSource,
        generations: Generations,
        values: Values,
        ttl: int,
        stale: int,
        clock: Callable[[], float] = time.monotonic,
        observe: Callable[[str, float], None] = lambda _outcome, _seconds: None,
    ) -> None:
        self._loading = Loading(source)
        self._generations = generations
        self._values = values
        self._ttl = ttl
        self._stale = stale
        self._clock = clock
        self._observe = observe
        self._flights = SingleFlight()
        self._rejections = Rejections(observe, clock)
        self._slugs = Slugs(source, generations, values, ttl + stale)

    def resolve(self, reference: TeamId | Slug) -> ResolvedTeam:
        """Raises `TeamNotFound`, and `VaultUnavailable` if no value is available."""
        if isinstance(reference, TeamId):
            return self._resolve(reference)
        return self._slugs.resolve(reference, self._resolve)

    def renew(self, name: TeamId | Slug, version: int = 0) -> bool:
        """After a write: return whether every worker will see it with its next request. `version`:
        the oldest version of the key that may still be used (0: as before)."""
        try:
            self._generations.renew(name, version)
        except GenerationsUnavailable:
            _log.warning("propagation delayed: the shared cache did not take the news")
            return False
        return True

    def reread(self, refused: ResolvedTeam) -> ResolvedTeam | None:
        """After Blawby rejected the key: return Vault's newer one, or None if it is still the same,
        which is tried again after a pause."""
        team_id = refused.team.team_id
        stamp = self._stamp(team_id)
        loaded = self._loading.load(team_id, stamp)
        if stamp:
            self._keep(team_id, stamp, loaded, self._seconds(loaded, stamp))
        if loaded.key and refused.key and loaded.key.version != refused.key.version:
            return loaded
        if loaded.key:
            self._rejections.refused(team_id, stamp, loaded.key.version)
        return None

    def is_rejected(self, resolved: ResolvedTeam) -> bool:
        """Whether Blawby refused just this version of the key, and its pause is not over."""
        if resolved.key is None:
            return False
        team_id = resolved.team.team_id
        return self._rejections.is_pausing(team_id, self._stamp(team_id), resolved.key.version)

    def accepted(self, resolved: ResolvedTeam) -> None:
        """Blawby accepted the key: forget its rejection."""
        if resolved.key and self._rejections:
            team_id = resolved.team.team_id
            self._rejections.accepted(team_id, self._stamp(team_id), resolved.key.version)

    def _resolve(self, team_id: TeamId) -> ResolvedTeam:
        try:
            stamp = self._generations.read(team_id)
        except GenerationsUnavailable:
            self._observe("uncached", 0.0)
            return self._loading.load(team_id, None)
        kept = self._kept(team_id, stamp)
        if kept is None and stamp and self._flights.wait((team_id, None)):
            # The load that stored this stamp was still running.
            kept = self._kept(team_id, stamp)
        if kept and self._clock() < kept.fresh_until:
            self._observe("stale" if _is_degraded(kept.value) else "hit", 0.0)
        else:
            self._observe("miss", 0.0)
            kept = self._flights.run((team_id, stamp), lambda: self._refresh(team_id, stamp, kept))
        if not isinstance(kept.value, ResolvedTeam):
            raise kept.value
        return kept.value

    def _kept(self, team_id: TeamId, stamp: str | None) -> _Kept | None:
        kept: _Kept | None = self._values.get(team_id)
        return kept if kept and kept.stamp == stamp else None

    def _refresh(self, team_id: TeamId, stamp: str | None, kept: _Kept | None) -> _Kept:
        began = self._clock()
        landed = self._kept(team_id, stamp)
        if landed and began < landed.fresh_until:
            return landed
        try:
            loaded = self._loading.load(team_id, stamp)
        except (TeamNotFound, TeamUnusable) as refusal:
            seconds = _DOUBTFUL_SECONDS if stamp else UNKNOWN_SECONDS
            return self._keep(team_id, stamp, type(refusal), seconds)
        except UpstreamFailure:
            if kept is None or not self._usable(kept):
                raise
            return self._keep_stale(team_id, kept)
        self._observe("load", self._clock() - began)
        if loaded.degraded and kept and self._usable(kept):
            return self._keep_stale(team_id, kept)
        if stamp is None:
            stamp, loaded = self._begin(team_id, loaded)
        return self._keep(team_id, stamp, loaded, self._seconds(loaded, stamp))

    def _seconds(self, loaded: ResolvedTeam, stamp: str | None) -> float:
        if loaded.key_unavailable:
            return _RETRY_SECONDS
        return self._ttl if loaded.key and _is_current(loaded, stamp) else _DOUBTFUL_SECONDS

    def _begin(self, team_id: TeamId, loaded: ResolvedTeam) -> tuple[str | None, ResolvedTeam]:
        """Set the team's first stamp. Only existing teams get one, so that strangers cannot fill
        the shared cache. If another load set it meanwhile, no write came between; if a write did,
        the loaded value may be older."""
        try:
            mine = self._generations.begin(team_id)
            if mine:
                return mine, loaded
            stamp = self._generations.read(team_id)
        except GenerationsUnavailable:
            return None, loaded
        if stamp and is_first(stamp):
            return stamp, loaded
        return stamp, self._loading.load(team_id, stamp)

    def _keep(
        self,
        team_id: TeamId,
        stamp: str | None,
        value: ResolvedTeam | _Absence,
        seconds: float,
    ) -> _Kept:
        """Store a value under its stamp; without one, cache only "not found"."""
        now = self._clock()
        fresh = seconds * (1 - _JITTER * random.random())  # noqa: S311 (spreads reloads, no secret)
        current = isinstance(value, ResolvedTeam) and _is_current(value, stamp)
        usable = fresh + (self._stale if current else 0)
        kept = _Kept(stamp, value, now + fresh, now + usable)
        if stamp or not isinstance(value, ResolvedTeam):
            self._values.set(team_id, kept, int(usable) + 1)
        return kept

    def _keep_stale(self, team_id: TeamId, kept: _Kept) -> _Kept:
        """The older value once more; Vault is tried again in some seconds, not by each request."""
        now = self._clock()
        value = kept.value
        if isinstance(value, ResolvedTeam):
            value = replace(value, degraded=True)
        stale = replace(kept, value=value, fresh_until=min(now + _RETRY_SECONDS, kept.usable_until))
        self._values.set(team_id, stale, int(kept.usable_until - now) + 1)
        return stale

    def _usable(self, kept: _Kept) -> bool:
        return isinstance(kept.value, ResolvedTeam) and self._clock() < kept.usable_until

    def _stamp(self, name: str) -> str | None:
        try:
            return self._generations.read(name)
        except GenerationsUnavailable:
            return None


def _is_degraded(value: ResolvedTeam | _Absence) -> bool:
    return isinstance(value, ResolvedTeam) and value.degraded


def _is_current(value: ResolvedTeam, stamp: str | None) -> bool:
    """Whether the value is complete, and its key not older than the stamp says."""
    older = value.key is not None and value.key.version < announced(stamp)
    return not value.key_unavailable and not older
