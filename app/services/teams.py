"""The teams themselves: registered, changed, listed, removed, and given credentials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import Forbidden, TeamExists, TeamNotFound, WriteUnconfirmed
from app.ids import Slug, TeamId
from app.ports import Credentials, SecretStores, TeamRegistries, TeamRegistry
from app.secret import SecretString
from app.services.resolution import Resolution
from app.teams import Team, TeamConfig

_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class TeamPage:
    teams: Sequence[Team]
    next: TeamId | None


@dataclass(frozen=True, slots=True)
class IdPage:
    team_ids: Sequence[TeamId]
    next: TeamId | None


class Teams:
    def __init__(
        self, registries: TeamRegistries, stores: SecretStores, resolution: Resolution
    ) -> None:
        self._registries = registries
        self._stores = stores
        self._resolution = resolution

    def page(self, caller: SecretString, after: TeamId | None, limit: int) -> TeamPage:
        registry = self._registries.open(caller)
        ids, cursor = _page(registry, after, limit)
        teams = (registry.read(team_id) for team_id in ids)
        return TeamPage([team for team in teams if team], cursor)

    def page_with_secret(self, caller: SecretString, after: TeamId | None, limit: int) -> IdPage:
        """Teams whose secret lives. So that a page costs the same with few secrets as with many, at
        most 1,000 teams are looked at: a page may be short and still have a next one."""
        registry = self._registries.open(caller)
        try:
            ids, cursor = _page(registry, after, _LOOKED_AT)
        except Forbidden:
            return self._own_page(caller, registry, after)
        found: list[TeamId] = []
        for team_id in ids:
            if self._has_secret(caller, team_id):
                found.append(team_id)
            if len(found) == limit:
                last = team_id == ids[-1]
                return IdPage(found, cursor if last else team_id)
        return IdPage(found, cursor)

    def read(self, caller: SecretString, team_id: TeamId) -> Team:
        team = self._registries.open(caller).read(team_id)
        if team is None:
            raise TeamNotFound
        return team

    def put(self, caller: SecretString, team: Team) -> bool:
        """Registers or replaces a team; whether it is new. Raises `SlugTaken`."""
        return self._register(self._registries.open(caller), team)

    def create(self, caller: SecretString, team: Team) -> None:
        """Registers a team that must not exist yet, else `TeamExists`."""
        registry = self._registries.open(caller)
        if registry.read(team.team_id):
            raise TeamExists
        self._register(registry, team)

    def patch(self, caller: SecretString, team_id: TeamId, changes: Mapping[str, Any]) -> Team:
        """`changes` by RFC 7396 (JSON Merge Patch): objects are merged, null removes."""
        registry = self._registries.open(caller)
        before = registry.read(team_id)
        if before is None:
            raise TeamNotFound
        config = _merged(before.config.document, changes.get("config") or {})
        after = Team(
            team_id,
            Slug(changes.get("slug", before.slug)),
            changes.get("name", before.name),
            TeamConfig(config),
        )
        self._register(registry, after)
        return after

    def remove(self, caller: SecretString, team_id: TeamId) -> bool:
        """Everything of a team; whether all workers know with their next request."""
        try:
            if not self._registries.open(caller).remove(team_id):
                raise TeamNotFound
        except WriteUnconfirmed:
            self._resolution.renew(team_id)
            raise
        return self._resolution.renew(team_id)

    def issue_credentials(self, caller: SecretString, team_id: TeamId) -> Credentials:
        return self._registries.open(caller).issue_credentials(team_id)

    def revoke_credentials(self, caller: SecretString, team_id: TeamId) -> None:
        self._registries.open(caller).revoke_credentials(team_id)

    def _register(self, registry: TeamRegistry, team: Team) -> bool:
        """What may have been written is announced like what was."""
        try:
            created = registry.register(team)
        except WriteUnconfirmed:
            self._announce(team)
            raise
        self._announce(team)
        return created

    def _announce(self, team: Team) -> None:
        self._resolution.renew(team.team_id)
        self._resolution.renew(team.slug)

    def _own_page(
        self, caller: SecretString, registry: TeamRegistry, after: TeamId | None
    ) -> IdPage:
        own = registry.own()
        if own is None:
            raise Forbidden
        past = after is not None and own <= after
        return IdPage([] if past or not self._has_secret(caller, own) else [own], None)

    def _has_secret(self, caller: SecretString, team_id: TeamId) -> bool:
        return self._stores.open(caller, team_id).history().living is not None


def _page(
    registry: TeamRegistry, after: TeamId | None, limit: int
) -> tuple[Sequence[TeamId], TeamId | None]:
    """One more is asked for than is given, to know whether there is a next page."""
    ids = registry.page(after, limit + 1)
    return (ids[:limit], ids[limit - 1]) if len(ids) > limit else (ids, None)


def _merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(document)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(name), Mapping):
            merged[name] = _merged(merged[name], value)
        else:
            merged[name] = value
    return merged
