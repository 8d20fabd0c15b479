"""Reading a team from Vault: its configuration, then its key."""

import logging
import time

from app.domain.ids import TeamId
from app.domain.stamps import announced
from app.domain.team import ResolvedTeam, TeamKey
from app.errors import AppError, SecretUnusable, UpstreamFailure
from app.ports import TeamSource

_LAG_SECONDS = 0.1
_log = logging.getLogger(__name__)


class Loading:
    def __init__(self, source: TeamSource) -> None:
        self._source = source

    def load(self, team_id: TeamId, stamp: str | None) -> ResolvedTeam:
        """Read the configuration first, so that no key is read for an unknown team. A denial by
        policy is an answer; only an outage is `degraded`. A malformed key counts as none. Raises
        `TeamNotFound`, `TeamUnusable`."""
        team = self._source.read_team(team_id)
        try:
            return ResolvedTeam(team, self._read_key(team_id, announced(stamp)))
        except UpstreamFailure:
            return ResolvedTeam(team, None, key_unavailable=True, degraded=True)
        except SecretUnusable:
            return ResolvedTeam(team, None)
        except AppError:
            _log.error("the key of a team cannot be read", extra={"team_id": team_id})
        return ResolvedTeam(team, None, key_unavailable=True)

    def _read_key(self, team_id: TeamId, version: int) -> TeamKey | None:
        """Read again if the key is older than the stamp says, because a node of a cluster may lag,
        or be a deposed leader that has not noticed yet."""
        key = self._source.read_key(team_id)
        if key and key.version < version:
            _log.warning("Vault gave an older key than was written", extra={"team_id": team_id})
            time.sleep(_LAG_SECONDS)
            key = self._source.read_key(team_id)
        return key
