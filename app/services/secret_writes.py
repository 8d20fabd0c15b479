"""Writing a team's secret upon the newest version, whoever else writes at the same moment."""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import NewSecret, SecretHistory, SecretLabel, Written
from app.errors import TeamNotFound, VersionConflict, WriteUnconfirmed
from app.ports import SecretStore, TeamRegistries
from app.services.registered import is_removed
from app.services.resolution.resolver import Resolution

# As often as `PATCH` for a team.
_TRIES = 20
_LONGEST_PAUSE = 0.05


class SecretWrites:
    """Each write renews the team's generation, so that no later request uses an older key."""

    def __init__(self, registries: TeamRegistries, resolution: Resolution) -> None:
        self._registries = registries
        self._resolution = resolution

    def newest(
        self,
        secret: SecretStore,
        team_id: TeamId,
        new: NewSecret,
        history: SecretHistory,
        matches: Callable[[int], bool] | None = None,
    ) -> Written:
        """Write on the newest version at that time, as long as `matches` accepts it."""
        for _ in range(_TRIES):
            try:
                return self.once(secret, team_id, new, history)
            except VersionConflict:
                # So that writers at the same moment do not meet again.
                time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 (guards nothing)
                history = secret.history()
                guard(history, matches)
        raise VersionConflict

    def once(
        self, secret: SecretStore, team_id: TeamId, new: NewSecret, history: SecretHistory
    ) -> Written:
        """Raises `VersionConflict` if the history has gone on."""
        label = SecretLabel(
            new.team_ulid,
            secret.fingerprint(new.api_key),
            secrets.token_hex(8),
            new.expires_at,
            history.created_at,
        )
        with self.announced_if_lost(team_id):
            version = secret.write(new.api_key, label, history.version)
        return self.written(team_id, version, created=history.living is None)

    def unless_removed(
        self, caller: SecretString, secret: SecretStore, team_id: TeamId, written: Written
    ) -> Written:
        """Erase what was written if the team was removed meanwhile: no key outlives its team."""
        if is_removed(self._registries, caller, team_id):
            secret.destroy([written.version])
            raise TeamNotFound
        return written

    @contextmanager
    def announced_if_lost(self, team_id: TeamId) -> Iterator[None]:
        """Renew the generation after a write that may have happened, as after one that did. Vault
        has allowed these callers: renewing empties caches, so strangers must not be able to."""
        try:
            yield
        except WriteUnconfirmed:
            self._resolution.renew(team_id)
            raise

    def written(self, team_id: TeamId, version: int, created: bool = False) -> Written:
        return Written(version, created, delayed=not self._resolution.renew(team_id, version))

    def gone(self, team_id: TeamId, version: int) -> Written:
        delayed = not self._resolution.renew(team_id, version + 1)
        return Written(version, created=False, delayed=delayed)


def guard(history: SecretHistory, matches: Callable[[int], bool] | None) -> None:
    """Raises `VersionConflict` unless `matches` (If-Match) accepts the version that lives."""
    if matches and not (history.living and matches(history.living.version)):
        raise VersionConflict
