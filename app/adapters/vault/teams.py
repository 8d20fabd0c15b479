"""The registry of teams in Vault, with the caller's own token.

A team is an identity (`identities`), a slug (`slugs`) and a configuration document. Every step may
be repeated. The configuration is written last, so a half registered team does not count.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import PLATFORM_MOUNT
from app.adapters.vault.documents import (
    config_path,
    secret_path,
    slug_from,
    team_fields,
    team_from,
    webhook_secret_path,
)
from app.adapters.vault.identities import TeamIdentities
from app.adapters.vault.kv import CasConflict, KvMount
from app.adapters.vault.kv_answers import KvRecord
from app.adapters.vault.matter_documents import matter_folders
from app.adapters.vault.repeating import begun, repeated
from app.adapters.vault.slugs import SlugClaims
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import Slug, TeamId, is_team_id
from app.domain.login import Credentials
from app.domain.secret import SecretString
from app.domain.team import Team
from app.errors import SlugTaken, VersionConflict
from app.ports import ConfigReader


class VaultTeamRegistries:
    def __init__(
        self,
        addresses: VaultAddresses,
        mount: str,
        read_config: ConfigReader,
        namespace: str | None = None,
    ) -> None:
        self._addresses = addresses
        self._mount = mount
        self._read_config = read_config
        self._namespace = namespace

    def open(self, caller: SecretString) -> "VaultTeamRegistry":
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return VaultTeamRegistry(transport, self._mount, self._read_config)


class VaultTeamRegistry:
    def __init__(self, vault: VaultTransport, mount: str, read_config: ConfigReader) -> None:
        self._kv = KvMount(vault, mount)
        self._identities = TeamIdentities(vault)
        self._slugs = SlugClaims(KvMount(vault, PLATFORM_MOUNT), self._slug_of)
        self._read_config = read_config

    def page(self, after: TeamId | None, limit: int) -> Sequence[TeamId]:
        """Skips other documents beside the teams in Vault."""
        found: list[TeamId] = []
        # A team's documents are below `<id>/`, which also defines its place in the order.
        cursor = f"{after}/" if after else None
        while (wanted := limit - len(found)) > 0:
            names = self._kv.list_names("", cursor, wanted)
            found += [TeamId(name[:-1]) for name in names if _is_team(name)]
            if len(names) < wanted:
                break
            cursor = names[-1]
        return found

    def own(self) -> TeamId | None:
        return self._identities.own()

    def find(self, slug: Slug) -> TeamId | None:
        """A claim that its team has not settled is no team's slug."""
        holder = self._slugs.holder(slug)
        return holder if holder and self._slug_of(holder) == slug else None

    def read(self, team_id: TeamId) -> Team | None:
        record = self._stored(team_id)
        return team_from(team_id, record, self._read_config) if record else None

    def register(self, team: Team) -> bool:
        before = self._stored(team.team_id)
        if team.version and (before is None or before.version != team.version):
            raise VersionConflict
        claim = self._slugs.claim(team)
        if not team.version:
            # A team that was read has its identity, because the configuration is written last.
            self._identities.register(team.team_id)
        version = self._write(team.team_id, team_fields(team), team.version or None)
        if before is None or slug_from(before) != team.slug:
            with begun():
                self._settle(team, version, claim, before)
        return before is None

    def remove(self, team_id: TeamId) -> bool:
        """Remove the configuration early, so that nobody acts for the team any more; then the
        identity with all tokens; the role last, because it marks an interrupted removal."""
        stored = self._stored(team_id)
        if stored is None and not self._identities.has_role(team_id):
            return False
        with begun():
            self._take_apart(team_id, stored)
        return True

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        return self._identities.issue_credentials(team_id)

    def revoke_credentials(self, team_id: TeamId) -> None:
        self._identities.revoke_credentials(team_id)

    def _stored(self, team_id: TeamId) -> KvRecord | None:
        """The team's document, whatever its content."""
        return self._kv.read(config_path(team_id))

    def _slug_of(self, team_id: TeamId) -> Slug | None:
        stored = self._stored(team_id)
        return slug_from(stored) if stored else None

    def _take_apart(self, team_id: TeamId, stored: KvRecord | None) -> None:
        if stored:
            if slug := slug_from(stored):
                self._slugs.free(slug, team_id)
            self._kv.forget(config_path(team_id))
        self._identities.forget_entity(team_id)
        self._kv.forget(secret_path(team_id))
        self._kv.forget(webhook_secret_path(team_id))
        matters = matter_folders(team_id)
        for key in matters.names(self._kv):
            self._kv.forget(matters.path(key))
        self._identities.forget_role(team_id)

    def _write(self, team_id: TeamId, fields: Mapping[str, Any], over: int | None) -> int:
        """Write and return the new version; over the given one, if any, else raise
        `VersionConflict`."""
        path = config_path(team_id)
        try:
            return repeated(lambda: self._kv.write(path, fields, over))
        except CasConflict:
            # The newest version may be this very write, whose first answer was lost.
            with begun():
                newest = self._kv.read(path)
            if newest is None or newest.fields != fields:
                raise VersionConflict from None
            return newest.version

    def _settle(self, team: Team, version: int, claim: int, before: KvRecord | None) -> None:
        try:
            self._slugs.settle(team, claim)
        except SlugTaken:
            if before:
                self._restore(team.team_id, before.fields, version, team.slug)
            else:
                self._kv.forget(config_path(team.team_id))
            raise
        if before and (slug := slug_from(before)):
            self._slugs.free(slug, team.team_id)

    def _restore(
        self, team_id: TeamId, former: Mapping[str, Any], over: int, refused: Slug
    ) -> None:
        """Restore the former slug; other fields keep what others have written meanwhile."""
        try:
            self._write(team_id, former, over)
        except VersionConflict:
            newest = self._stored(team_id)
            if newest and slug_from(newest) == refused:
                again = {**newest.fields, "slug": former.get("slug")}
                self._restore(team_id, again, newest.version, refused)


def _is_team(name: str) -> bool:
    return name.endswith("/") and is_team_id(name[:-1])
