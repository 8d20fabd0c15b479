"""The visible part of a team's secret: its status and its versions, never the key."""

from collections.abc import Sequence
from contextlib import suppress

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import SecretVersion, ShownSecret
from app.errors import Forbidden, SecretNotFound, SecretUnusable, TeamUnusable
from app.ports import SecretStore, SecretStores, TeamRegistries, TeamSource
from app.services.registered import registered


class SecretViews:
    def __init__(
        self, stores: SecretStores, registries: TeamRegistries, source: TeamSource
    ) -> None:
        self._stores = stores
        self._registries = registries
        self._source = source

    def status(self, caller: SecretString, team_id: TeamId) -> ShownSecret | None:
        """None where the team has no key. Raises `TeamNotFound`, `SecretUnusable`."""
        shown = self._stores.open(caller, team_id).shown()
        if shown is None:
            self._admit_registered(caller, team_id)
        elif shown.by_hand:
            self._look_at(team_id)
        return shown

    def versions(self, caller: SecretString, team_id: TeamId) -> Sequence[SecretVersion]:
        history = self._stores.open(caller, team_id).history()
        if not history.versions:
            self._admit_registered(caller, team_id)
            raise SecretNotFound
        return history.versions

    def fingerprints(
        self, caller: SecretString, team_id: TeamId, versions: Sequence[SecretVersion]
    ) -> Sequence[str | None]:
        """The fingerprint of each version; None if it is deleted or has no label."""
        secret = self._stores.open(caller, team_id)
        return [_fingerprint(secret, version) for version in versions]

    def _admit_registered(self, caller: SecretString, team_id: TeamId) -> None:
        """Raises `TeamNotFound` if the caller may learn that there is no such team."""
        with suppress(Forbidden, TeamUnusable):
            registered(self._registries, caller, team_id)

    def _look_at(self, team_id: TeamId) -> None:
        """For a key written by hand only the field name is readable; only the agent can check the
        key. Raises `TeamNotFound`, `SecretUnusable`."""
        with suppress(TeamUnusable):
            self._source.read_team(team_id)
            self._source.read_key(team_id)


def _fingerprint(secret: SecretStore, version: SecretVersion) -> str | None:
    if not version.lives:
        return None
    try:
        shown = secret.shown(version.version)
    except SecretUnusable:
        return None
    return shown.label.fingerprint if shown else None
