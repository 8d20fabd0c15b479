"""Teams: registration, changes, lists, removal, credentials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

from app.domain.ids import Slug, TeamId
from app.domain.login import Credentials
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.errors import (
    Forbidden,
    SlugTaken,
    TeamExists,
    TeamNotFound,
    TeamUnusable,
    VersionConflict,
    WriteUnconfirmed,
)
from app.ports import SecretStores, TeamRegistries, TeamRegistry
from app.services.config_size import check_size
from app.services.merge_patch import merged
from app.services.registered import registered
from app.services.resolution.resolver import Resolution

_LOOKED_AT = 1000
_in_turn = Retrying(
    retry=retry_if_exception_type(VersionConflict),
    stop=stop_after_attempt(20),
    wait=wait_random(0, 0.05),
    reraise=True,
)


@dataclass(frozen=True, slots=True)
class Registered:
    """`delayed`: the shared cache did not store the new stamp."""

    team: Team
    created: bool
    delayed: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """`unusable`: skipped teams whose stored document is malformed."""

    teams: Sequence[Team]
    next: TeamId | None
    unusable: Sequence[TeamId] = ()


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
        return _read(registry, ids, cursor)

    def find(self, caller: SecretString, slug: Slug) -> TeamPage:
        """The team with this slug, or none."""
        registry = self._registries.open(caller)
        team_id = registry.find(slug)
        return _read(registry, [team_id] if team_id else [], None)

    def page_with_secret(self, caller: SecretString, after: TeamId | None, limit: int) -> IdPage:
        """Teams with a secret that is not deleted. Reads at most 1,000 teams, so that a page costs
        the same with few secrets as with many: a page may be short and still have a next one."""
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
        return registered(self._registries, caller, team_id)

    def put(self, caller: SecretString, team: Team) -> Registered:
        """Registers or replaces a team. Raises `SlugTaken`."""
        return self._register(self._registries.open(caller), team)

    def create(self, caller: SecretString, team: Team) -> None:
        """Register a new team; raise `TeamExists` if it exists."""
        registry = self._registries.open(caller)
        if registry.read(team.team_id):
            raise TeamExists
        self._register(registry, team)

    def patch(
        self, caller: SecretString, team_id: TeamId, changes: Mapping[str, Any]
    ) -> Registered:
        """Apply `changes` by RFC 7396 (JSON Merge Patch): objects are merged, null removes. No
        concurrent change is lost, because each is merged into the latest version."""
        registry = self._registries.open(caller)
        return _in_turn(self._patch, registry, team_id, changes)

    def _patch(
        self, registry: TeamRegistry, team_id: TeamId, changes: Mapping[str, Any]
    ) -> Registered:
        before = registry.read(team_id)
        if before is None:
            raise TeamNotFound
        whole = {"slug": before.slug, "name": before.name, "config": before.config.document}
        after = merged(whole, changes)
        slug, config = Slug(after["slug"]), TeamConfig(after.get("config", {}))
        team = Team(team_id, slug, after["name"], config, before.version)
        return self._register(registry, team)

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

    def _register(self, registry: TeamRegistry, team: Team) -> Registered:
        """Renew the generation after a write that may have happened, as after one that did."""
        check_size(team.config)
        try:
            created = registry.register(team)
        except WriteUnconfirmed:
            self._announce(team)
            raise
        except SlugTaken:
            # The configuration may have been stored for a moment.
            self._resolution.renew(team.team_id)
            raise
        return Registered(team, created, delayed=not self._announce(team))

    def _announce(self, team: Team) -> bool:
        told = (self._resolution.renew(team.team_id), self._resolution.renew(team.slug))
        return all(told)

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
    """Requests one more than it returns, to know whether there is a next page."""
    ids = registry.page(after, limit + 1)
    return (ids[:limit], ids[limit - 1]) if len(ids) > limit else (ids, None)


def _read(registry: TeamRegistry, ids: Sequence[TeamId], cursor: TeamId | None) -> TeamPage:
    """Skips documents that are not a team, and teams removed meanwhile."""
    teams: list[Team] = []
    unusable: list[TeamId] = []
    for team_id in ids:
        try:
            team = registry.read(team_id)
        except TeamUnusable:
            unusable.append(team_id)
        else:
            teams += [team] if team else []
    return TeamPage(teams, cursor, unusable)
