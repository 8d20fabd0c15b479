"""The registry of teams, their credentials, and logging in."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.ids import Slug, TeamId
from app.domain.login import Credentials, Login
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig


class ConfigReader(Protocol):
    """Reads a stored configuration, which somebody may have written by hand."""

    def __call__(self, document: Mapping[str, Any], /) -> tuple[TeamConfig, tuple[str, ...]]:
        """What is sound in it, and the places that are malformed and left out."""


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
        """Entity, aliases, AppRole, slug and configuration; whether the team is new. Every step may
        be repeated, and what is stored and unusable is replaced. Raises `SlugTaken`; and
        `VersionConflict` where the team has a version that is not the newest any more: somebody
        else's change would be lost."""

    def remove(self, team_id: TeamId) -> bool:
        """Everything of it; whether there was anything."""

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        """Raises `TeamNotFound`."""

    def revoke_credentials(self, team_id: TeamId) -> None:
        """All its secret ids. Raises `TeamNotFound`."""


class TeamRegistries(Protocol):
    def open(self, caller: SecretString) -> TeamRegistry: ...


class Logins(Protocol):
    """Vault's login, passed on. Raises `Unauthenticated` for whatever Vault does not take."""

    def login(self, role_id: str, secret_id: SecretString) -> Login: ...

    def unwrap(self, wrapping_token: SecretString) -> SecretString: ...

    def renew(self, token: SecretString) -> int:
        """Its seconds from now on. Raises `ValidationFailed` for one that cannot be renewed."""

    def logout(self, token: SecretString) -> None: ...

    def is_wrapping_token(self, token: SecretString) -> bool:
        """Without using it up."""
