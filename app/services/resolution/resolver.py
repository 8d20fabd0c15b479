"""A team's configuration and key at run time: fast, and never older than an answered write.

A team's value stays in this worker's memory with the generation that was read before it was loaded.
Every write sets a new generation, so a slow load is stored under one that is no longer used.
"""

import logging
import time
from collections.abc import Callable

from app.domain.ids import Slug, TeamId
from app.domain.stamps import is_first
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound, TeamUnusable, UpstreamFailure
from app.ports import Generations, GenerationsUnavailable, TeamSource, Values
from app.services.resolution.loading import Loading
from app.services.resolution.memory import Kept, Memory, is_current
from app.services.resolution.rejections import Rejections
from app.services.resolution.single_flight import SingleFlight
from app.services.resolution.slugs import UNKNOWN_SECONDS, Slugs

# For a value that is absent, or older than the stamp says: possible briefly in an election.
_DOUBTFUL_SECONDS = 1
# For a team that is usable without its key, which could not be read.
_KEYLESS_SECONDS = 2
_log = logging.getLogger(__name__)


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
        self._memory = Memory(values, stale, clock)
        self._ttl = ttl
        self._clock = clock
        self._observe = observe
        self._flights = SingleFlight(source.wait)
        self._rejections = Rejections(observe, clock)
        self._slugs = Slugs(source, generations, values, ttl + stale, self._flights)

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
            self._memory.keep(team_id, stamp, loaded, self._seconds(loaded, stamp))
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
        kept = self._memory.kept(team_id, stamp)
        if kept is None and stamp and self._flights.wait((team_id, None)):
            # The load that stored this stamp was still running.
            kept = self._memory.kept(team_id, stamp)
        if kept and self._clock() < kept.fresh_until:
            self._observe("stale" if kept.degraded else "hit", 0.0)
        else:
            self._observe("miss", 0.0)
            kept = self._refreshed(team_id, stamp, kept)
        if not isinstance(kept.value, ResolvedTeam):
            raise kept.value
        return kept.value

    def _refreshed(self, team_id: TeamId, stamp: str | None, kept: Kept | None) -> Kept:
        """By one load for all. A request that may not wait for its end has the older value."""
        try:
            return self._flights.run((team_id, stamp), lambda: self._refresh(team_id, stamp, kept))
        except UpstreamFailure:
            if kept is None or not self._memory.is_usable(kept):
                raise
            return self._memory.keep_stale(team_id, kept)

    def _refresh(self, team_id: TeamId, stamp: str | None, kept: Kept | None) -> Kept:
        began = self._clock()
        # A load that has ended since this request came may have begun the team's generation.
        landed = self._memory.kept(team_id, stamp or self._stamp(team_id))
        if landed and began < landed.fresh_until:
            return landed
        try:
            loaded = self._loading.load(team_id, stamp)
        except (TeamNotFound, TeamUnusable) as refusal:
            seconds = _DOUBTFUL_SECONDS if stamp else UNKNOWN_SECONDS
            return self._memory.keep(team_id, stamp, type(refusal), seconds)
        self._observe("load", self._clock() - began)
        if loaded.degraded and kept and self._memory.is_usable(kept):
            return self._memory.keep_stale(team_id, kept)
        if stamp is None:
            stamp, loaded = self._begin(team_id, loaded)
        return self._memory.keep(team_id, stamp, loaded, self._seconds(loaded, stamp))

    def _seconds(self, loaded: ResolvedTeam, stamp: str | None) -> float:
        if loaded.key_unavailable:
            return _KEYLESS_SECONDS
        return self._ttl if loaded.key and is_current(loaded, stamp) else _DOUBTFUL_SECONDS

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

    def _stamp(self, name: str) -> str | None:
        try:
            return self._generations.read(name)
        except GenerationsUnavailable:
            return None
