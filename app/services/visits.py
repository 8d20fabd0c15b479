"""Resolves the teams of chat requests, and counts each visit."""

from app.domain.ids import Slug, TeamId
from app.domain.team import ResolvedTeam
from app.errors import TeamNotFound
from app.services.admission import Admission
from app.services.rate_limits import RateLimit
from app.services.resolution.resolver import Resolution


class Visits:
    """`limit` is counted by the team's id, so that a team's slug and its id share one budget."""

    def __init__(self, resolution: Resolution, limit: RateLimit, admission: Admission) -> None:
        self._resolution = resolution
        self._limit = limit
        self._admission = admission

    def resolve(self, reference: TeamId | Slug, client: str) -> ResolvedTeam:
        """Raises what `Resolution.resolve` raises, and `RateLimited`."""
        try:
            resolved = self._resolution.resolve(reference)
        except TeamNotFound:
            self._admission.was_in_vain(client)
            raise
        self._limit.admit(client, resolved.team.team_id)
        return resolved
