"""The registry of teams, their credentials, and logging in."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.ids import Slug, TeamId
from app.domain.login import Credentials, Login
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig


class ConfigReader(Protocol):
    """Reads a stored configuration, which may have been written by hand."""

    def __call__(self, document: Mapping[str, Any], /) -> tuple[TeamConfig, tuple[str, ...]]:
        """Return its valid part, and the malformed places, which are left out."""


class TeamRegistry(Protocol):
    """The teams, with one caller's rights."""

    def page(self, after: TeamId | None, limit: int) -> Sequence[TeamId]:
        """Team ids in order behind `after`, at most `limit` of them."""

    def own(self) -> TeamId | None:
        """The team that the caller is a member of."""

    def find(self, slug: Slug) -> TeamId | None:
        """The team that has this slug."""

    def read(self, team_id: TeamId) -> Team | None:
        """Raises `TeamUnusable` where something is stored that is no team."""

    def register(self, team: Team) -> bool:
        """Write entity, aliases, AppRole, slug and configuration; return whether the team is new.
        Every step may be repeated; unusable stored data is replaced. Raises `SlugTaken`, and
        `VersionConflict` if the team's version is no longer the newest, because somebody else's
        change would be lost."""

    def remove(self, team_id: TeamId) -> bool:
        """Delete all of the team's data; return whether there was any."""

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        """Raises `TeamNotFound`."""

    def revoke_credentials(self, team_id: TeamId) -> None:
        """All its secret ids. Raises `TeamNotFound`."""


class TeamRegistries(Protocol):
    def open(self, caller: SecretString) -> TeamRegistry: ...


class Logins(Protocol):
    """Pass on a login to Vault. Raises `Unauthenticated` if Vault does not accept it."""

    def login(self, role_id: str, secret_id: SecretString) -> Login: ...

    def unwrap(self, wrapping_token: SecretString) -> SecretString: ...

    def renew(self, token: SecretString) -> int:
        """Return its remaining seconds. Raises `ValidationFailed` if it cannot be renewed."""

    def logout(self, token: SecretString) -> None: ...

    def is_wrapping_token(self, token: SecretString) -> bool:
        """Look up the token without using it up."""
