"""The life of a team's secret: stored, replaced, deleted, restored, verified; never shown.

Every call to Vault uses the caller's own token, so that Vault decides. `verify` and `rollback` use
the key itself; they read it as the team's agent after Vault has allowed the caller.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import (
    NewSecret,
    SecretHistory,
    Verdict,
    Written,
)
from app.errors import (
    KeyRejected,
    SecretExists,
    SecretNotFound,
    VersionConflict,
    VersionNotFound,
)
from app.ports import PaymentsGateways, SecretStore, SecretStores, TeamRegistries, TeamSource
from app.services.payments.refused_keys import RefusedKeys
from app.services.registered import registered
from app.services.resolution.resolver import Resolution
from app.services.secret_writes import SecretWrites, guard


class TeamSecrets:
    def __init__(
        self,
        stores: SecretStores,
        registries: TeamRegistries,
        source: TeamSource,
        gateways: PaymentsGateways,
        resolution: Resolution,
        refused: RefusedKeys,
    ) -> None:
        self._stores = stores
        self._registries = registries
        self._source = source
        self._gateways = gateways
        self._resolution = resolution
        self._refused = refused
        self._writes = SecretWrites(registries, resolution)

    def store(
        self, caller: SecretString, team_id: TeamId, new: NewSecret, verify: bool = False
    ) -> Written:
        """A first secret, or one after a deletion. Raises `SecretExists`, `KeyRejected`."""
        secret, history = self._for_writing(caller, team_id)
        if history.living:
            raise SecretExists
        registered(self._registries, caller, team_id)
        self._try_first(team_id, new, verify)
        try:
            written = self._writes.once(secret, team_id, new, history)
        except VersionConflict:
            raise SecretExists from None
        return self._writes.unless_removed(caller, secret, team_id, written)

    def replace(
        self,
        caller: SecretString,
        team_id: TeamId,
        new: NewSecret,
        verify: bool = False,
        matches: Callable[[int], bool] | None = None,
    ) -> Written:
        """Store a new version. With `matches` (If-Match) only if the current, undeleted version
        matches, else `VersionConflict`; without, the last writer wins."""
        secret, history = self._for_writing(caller, team_id)
        if history.living is None:
            registered(self._registries, caller, team_id)
        guard(history, matches)
        self._try_first(team_id, new, verify)
        written = self._writes.newest(secret, team_id, new, history, matches)
        return self._writes.unless_removed(caller, secret, team_id, written)

    def delete(self, caller: SecretString, team_id: TeamId) -> Written:
        secret, history = self._for_writing(caller, team_id)
        living = history.living
        if living is None:
            raise SecretNotFound
        with self._writes.announced_if_lost(team_id):
            secret.delete(living.version)
        return self._writes.gone(team_id, living.version)

    def destroy(self, caller: SecretString, team_id: TeamId) -> Written:
        """Erase every version for good, including deleted ones."""
        secret, history = self._for_writing(caller, team_id)
        left = [version.version for version in history.versions if not version.destroyed]
        if not left:
            raise SecretNotFound
        with self._writes.announced_if_lost(team_id):
            secret.destroy(left)
        return self._writes.gone(team_id, history.version)

    def undelete(self, caller: SecretString, team_id: TeamId) -> Written:
        secret, history = self._for_writing(caller, team_id)
        latest = history.latest
        if latest is None:
            raise SecretNotFound
        if latest.destroyed:
            raise VersionNotFound
        with self._writes.announced_if_lost(team_id):
            secret.undelete(latest.version)
        return self._writes.written(team_id, latest.version)

    def rollback(
        self,
        caller: SecretString,
        team_id: TeamId,
        version: int,
        matches: Callable[[int], bool] | None = None,
    ) -> Written:
        """Store a new version with the content of an old one that is not deleted. `matches` as for
        `replace`."""
        secret, history = self._for_writing(caller, team_id)
        if not history.versions:
            raise SecretNotFound
        if not any(known.version == version and known.lives for known in history.versions):
            raise VersionNotFound
        guard(history, matches)
        self._source.read_team(team_id)
        old = self._source.read_key(team_id, version)
        if old is None:
            raise VersionNotFound
        again = NewSecret(old.api_key, old.team_ulid, old.expires_at)
        written = self._writes.newest(secret, team_id, again, history, matches)
        return self._writes.unless_removed(caller, secret, team_id, written)

    def verify(self, caller: SecretString, team_id: TeamId) -> Verdict:
        """Try the stored key on Blawby. A rejected one is listed for operators; a good one is no
        longer remembered as rejected, nor listed."""
        _, history = self._for_writing(caller, team_id)
        if history.living is None:
            raise SecretNotFound
        self._source.read_team(team_id)
        key = self._source.read_key(team_id)
        if key is None:
            raise SecretNotFound
        valid = self._gateways.open(team_id, key.team_ulid, key.api_key).verify()
        if valid:
            self._resolution.renew(team_id)
        self._refused.verified(team_id, key.version, valid)
        return Verdict(valid, datetime.now(UTC))

    def _for_writing(
        self, caller: SecretString, team_id: TeamId
    ) -> tuple[SecretStore, SecretHistory]:
        """Deny callers without write access before anything is revealed: the answer is the same for
        a team that exists and for one that does not."""
        secret = self._stores.open(caller, team_id)
        secret.admit_writer()
        return secret, secret.history()

    def _try_first(self, team_id: TeamId, new: NewSecret, verify: bool) -> None:
        if verify and not self._gateways.open(team_id, new.team_ulid, new.api_key).verify():
            raise KeyRejected
