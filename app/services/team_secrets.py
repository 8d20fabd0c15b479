"""The life of a team's secret: stored, replaced, deleted, restored, verified; never shown.

Every call to Vault uses the caller's own token, so that Vault decides. `verify` and `rollback` use
the key itself; they read it as the team's agent after Vault has allowed the caller.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import (
    NewSecret,
    SecretHistory,
    SecretLabel,
    Verdict,
    Written,
)
from app.errors import (
    KeyRejected,
    SecretExists,
    SecretNotFound,
    VersionConflict,
    VersionNotFound,
    WriteUnconfirmed,
)
from app.ports import PaymentsGateways, SecretStore, SecretStores, TeamRegistries, TeamSource
from app.services.registered import registered
from app.services.resolution.resolver import Resolution

_TRIES = 5


class TeamSecrets:
    def __init__(
        self,
        stores: SecretStores,
        registries: TeamRegistries,
        source: TeamSource,
        gateways: PaymentsGateways,
        resolution: Resolution,
    ) -> None:
        self._stores = stores
        self._registries = registries
        self._source = source
        self._gateways = gateways
        self._resolution = resolution

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
            version = self._write(secret, team_id, new, history)
        except VersionConflict:
            raise SecretExists from None
        return self._written(team_id, version, created=True)

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
        _guard(history, matches)
        self._try_first(team_id, new, verify)
        return self._write_newest(secret, team_id, new, history, matches)

    def delete(self, caller: SecretString, team_id: TeamId) -> Written:
        secret, history = self._for_writing(caller, team_id)
        living = history.living
        if living is None:
            raise SecretNotFound
        with self._announced_if_lost(team_id):
            secret.delete(living.version)
        return self._gone(team_id, living.version)

    def destroy(self, caller: SecretString, team_id: TeamId) -> Written:
        """Erase every version for good, including deleted ones."""
        secret, history = self._for_writing(caller, team_id)
        left = [version.version for version in history.versions if not version.destroyed]
        if not left:
            raise SecretNotFound
        with self._announced_if_lost(team_id):
            secret.destroy(left)
        return self._gone(team_id, history.version)

    def undelete(self, caller: SecretString, team_id: TeamId) -> Written:
        secret, history = self._for_writing(caller, team_id)
        latest = history.latest
        if latest is None:
            raise SecretNotFound
        if latest.destroyed:
            raise VersionNotFound
        with self._announced_if_lost(team_id):
            secret.undelete(latest.version)
        return self._written(team_id, latest.version)

    def rollback(self, caller: SecretString, team_id: TeamId, version: int) -> Written:
        """Store a new version with the content of an old one that is not deleted."""
        secret, history = self._for_writing(caller, team_id)
        if not history.versions:
            raise SecretNotFound
        if not any(known.version == version and known.lives for known in history.versions):
            raise VersionNotFound
        self._source.read_team(team_id)
        old = self._source.read_key(team_id, version)
        if old is None:
            raise VersionNotFound
        again = NewSecret(old.api_key, old.team_ulid, old.expires_at)
        return self._write_newest(secret, team_id, again, history)

    def verify(self, caller: SecretString, team_id: TeamId) -> Verdict:
        """Tries the stored key on Blawby; a good one is no longer remembered as rejected."""
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

    def _write_newest(
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
                version = self._write(secret, team_id, new, history)
            except VersionConflict:
                history = secret.history()
                _guard(history, matches)
            else:
                return self._written(team_id, version, created=history.living is None)
        raise VersionConflict

    def _write(
        self, secret: SecretStore, team_id: TeamId, new: NewSecret, history: SecretHistory
    ) -> int:
        label = SecretLabel(
            new.team_ulid,
            secret.fingerprint(new.api_key),
            secrets.token_hex(8),
            new.expires_at,
            history.created_at,
        )
        with self._announced_if_lost(team_id):
            return secret.write(new.api_key, label, history.version)

    @contextmanager
    def _announced_if_lost(self, team_id: TeamId) -> Iterator[None]:
        """Renew the generation after a write that may have happened, as after one that did. Vault
        has allowed these callers: renewing empties caches, so strangers must not be able to."""
        try:
            yield
        except WriteUnconfirmed:
            self._resolution.renew(team_id)
            raise

    def _written(self, team_id: TeamId, version: int, created: bool = False) -> Written:
        return Written(version, created, delayed=not self._resolution.renew(team_id, version))

    def _gone(self, team_id: TeamId, version: int) -> Written:
        delayed = not self._resolution.renew(team_id, version + 1)
        return Written(version, created=False, delayed=delayed)


def _guard(history: SecretHistory, matches: Callable[[int], bool] | None) -> None:
    if matches and not (history.living and matches(history.living.version)):
        raise VersionConflict
