"""Keys due for rotation: expired, expiring soon, or in use for long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import ShownSecret
from app.errors import SecretUnusable, TeamNotFound
from app.ports import TeamRegistries
from app.services.secret_views import SecretViews

_PAGE = 1000


class Due(StrEnum):
    EXPIRED = "expired"
    EXPIRES_SOON = "expires soon"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class DueSecret:
    team_id: TeamId
    status: ShownSecret
    why: Due


def _now() -> datetime:
    return datetime.now(UTC)


class Rotation:
    def __init__(
        self,
        registries: TeamRegistries,
        views: SecretViews,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._registries = registries
        self._views = views
        self._clock = clock

    def due(
        self, caller: SecretString, older_than: timedelta, expires_within: timedelta
    ) -> Iterator[DueSecret]:
        """In the order of the teams' ids. Reads only metadata, which an auditor may read. Skips
        stored values that are not a key, because their status reports that."""
        now = self._clock()
        for team_id in self._teams(caller):
            status = self._status(caller, team_id)
            why = _why(status, now, older_than, expires_within) if status else None
            if status and why:
                yield DueSecret(team_id, status, why)

    def _status(self, caller: SecretString, team_id: TeamId) -> ShownSecret | None:
        try:
            return self._views.status(caller, team_id)
        except (SecretUnusable, TeamNotFound):
            return None

    def _teams(self, caller: SecretString) -> Iterator[TeamId]:
        registry = self._registries.open(caller)
        page = registry.page(None, _PAGE)
        while page:
            yield from page
            page = registry.page(page[-1], _PAGE) if len(page) == _PAGE else ()


def _why(
    status: ShownSecret, now: datetime, older_than: timedelta, expires_within: timedelta
) -> Due | None:
    expires = status.label.expires_at
    if expires and expires <= now:
        return Due.EXPIRED
    if expires and expires <= now + expires_within:
        return Due.EXPIRES_SOON
    return Due.OLD if status.updated_at <= now - older_than else None
