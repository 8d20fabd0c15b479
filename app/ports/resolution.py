"""The sources and caches of resolution."""

from collections.abc import Callable
from typing import Any, Protocol

from app.domain.ids import Slug, TeamId
from app.domain.team import ResolvedTeam, Team, TeamKey


class TeamSource(Protocol):
    """The sources of resolution: the configuration as the service, the key as that team's agent."""

    def find_slug(self, slug: Slug) -> TeamId | None: ...

    def read_team(self, team_id: TeamId) -> Team:
        """Raises `TeamNotFound`, and `TeamUnusable` where something is stored that is no team."""

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        """Read a version (default: the newest). The team must exist. Raises `SecretUnusable` if the
        stored value is not a key of the team."""

    def wait(self, is_over: Callable[[float], bool]) -> None:
        """Wait for another thread's reads. `is_over` waits for so many seconds at most, and returns
        whether they are over. Raises `VaultUnavailable` if too many threads wait for a slow
        Vault."""


class TeamResolution(Protocol):
    """A team with its configuration and key, from memory or Vault."""

    def resolve(self, reference: TeamId | Slug, /) -> ResolvedTeam:
        """Raises `TeamNotFound`, `TeamUnusable`, and `VaultUnavailable` if no value is
        available."""


class TeamVisits(Protocol):
    def resolve(self, reference: TeamId | Slug, client: str, /) -> ResolvedTeam:
        """Count one visit of this client. Raises what `TeamResolution.resolve` raises, and
        `RateLimited`."""


class GenerationsUnavailable(Exception):
    """The shared cache did not answer: values in memory must not be used."""


class Generations(Protocol):
    """A random stamp per team, seen by all workers of all machines, replaced by every write."""

    def read(self, name: str) -> str | None:
        """Raises `GenerationsUnavailable`."""

    def begin(self, name: str) -> str | None:
        """Create a stamp atomically if there is none, marked so that `stamps.is_first` recognises
        it; return None if there is one."""

    def renew(self, name: str, version: int = 0) -> None:
        """Set a new stamp, with the oldest version of the key that may still be used (0: as
        before). Raises `GenerationsUnavailable`."""


class Values(Protocol):
    """This worker's memory: its values never leave the process."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: Any, timeout: int) -> Any: ...

    def delete(self, key: str) -> Any: ...
