"""A team's secret: its label, and its store."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import SecretHistory, SecretLabel, ShownSecret


class SecretStore(Protocol):
    """One team's secret, with one caller's rights. No method returns the key."""

    def admit_writer(self) -> None:
        """Raise `Forbidden` unless the caller may write it, whether it exists or not."""

    def history(self) -> SecretHistory: ...

    def shown(self, version: int | None = None) -> ShownSecret | None:
        """Read a version (default: the newest) that is not deleted, in one call. Raises
        `SecretUnusable` if its names show that it is not a key of the team."""

    def fingerprint(self, api_key: SecretString) -> str: ...

    def write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        """Write and return the new version; `VersionConflict` if `expected` is no longer the
        newest."""

    def delete(self, version: int) -> None: ...

    def undelete(self, version: int) -> None: ...

    def destroy(self, versions: Sequence[int]) -> None: ...


class SecretStores(Protocol):
    def open(self, caller: SecretString, team_id: TeamId) -> SecretStore: ...
