"""The registry of teams in Vault, with the caller's own token.

A team is an identity entity (`metadata.team_id`, which the policies are templated on) with two
aliases: its AppRole's, for members, and its id on the token mount, for the agent's minted tokens.
Every step may be repeated, and the configuration comes last: what is half registered is no team.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import PLATFORM_MOUNT
from app.adapters.vault.documents import (
    config_path,
    secret_path,
    team_fields,
    team_from,
    webhook_secret_path,
)
from app.adapters.vault.kv import CasConflict, KvMount, begun, repeated
from app.adapters.vault.matter_documents import matter_path, matters_path
from app.adapters.vault.slugs import SlugClaims
from app.adapters.vault.transport import NothingThere, VaultTransport
from app.domain.ids import Slug, TeamId, is_team_id
from app.domain.login import Credentials
from app.domain.secret import SecretString
from app.domain.team import Team
from app.errors import SlugTaken, TeamNotFound, VersionConflict

TEAMS_LOGIN = "auth/teams"
_WRAP_SECONDS = 900
_ROLE = {
    "token_policies": ["team-member"],
    "token_no_default_policy": True,
    "token_ttl": "1h",
    "token_max_ttl": "24h",
}


class VaultTeamRegistries:
    def __init__(self, addresses: VaultAddresses, mount: str, namespace: str | None = None) -> None:
        self._addresses = addresses
        self._mount = mount
        self._namespace = namespace

    def open(self, caller: SecretString) -> "VaultTeamRegistry":
        return VaultTeamRegistry(
            VaultTransport(self._addresses, caller, self._namespace), self._mount
        )


class VaultTeamRegistry:
    def __init__(self, vault: VaultTransport, mount: str) -> None:
        self._vault = vault
        self._kv = KvMount(vault, mount)
        self._slugs = SlugClaims(KvMount(vault, PLATFORM_MOUNT), self.read)

    def page(self, after: TeamId | None, limit: int) -> Sequence[TeamId]:
        """What lies beside the teams in Vault, under other names, is passed over."""
        found: list[TeamId] = []
        # A team's documents lie below `<id>/`, and so does its place in the order.
        cursor = f"{after}/" if after else None
        while (wanted := limit - len(found)) > 0:
            names = self._kv.list_names("", cursor, wanted)
            found += [TeamId(name[:-1]) for name in names if _is_team(name)]
            if len(names) < wanted:
                break
            cursor = names[-1]
        return found

    def own(self) -> TeamId | None:
        entity_id = self._vault.get("/v1/auth/token/lookup-self")["data"].get("entity_id")
        if not entity_id:
            return None
        entity = self._vault.get(f"/v1/identity/entity/id/{entity_id}")["data"]
        team_id = (entity.get("metadata") or {}).get("team_id")
        return TeamId(team_id) if team_id else None

    def read(self, team_id: TeamId) -> Team | None:
        record = self._kv.read(config_path(team_id))
        return team_from(team_id, record) if record else None

    def register(self, team: Team) -> bool:
        before = self.read(team.team_id)
        if team.version and (before is None or before.version != team.version):
            raise VersionConflict
        claim = self._slugs.claim(team)
        if not team.version:
            # One that was read has its identity: the configuration comes last.
            self._register_identity(team.team_id)
        written = replace(team, version=self._write(team))
        if before is None or before.slug != team.slug:
            with begun():
                self._settle(written, claim, before)
        return before is None

    def remove(self, team_id: TeamId) -> bool:
        """The configuration goes early, so that nobody acts for the team any more; then the
        identity, and all tokens with it; the role last, by which what was broken off is known."""
        team = self.read(team_id)
        if team is None and not self._has_role(team_id):
            return False
        with begun():
            self._take_apart(team_id, team)
        return True

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        role_id = self._role_id(team_id)
        answer = self._vault.post(f"{_role(team_id)}/secret-id", json={}, wrap_ttl=_WRAP_SECONDS)
        wrapped = answer["wrap_info"]
        return Credentials(role_id, SecretString(wrapped["token"]), int(wrapped["ttl"]))

    def revoke_credentials(self, team_id: TeamId) -> None:
        self._role_id(team_id)
        try:
            accessors = self._vault.list(f"{_role(team_id)}/secret-id/")["data"]["keys"]
        except NothingThere:
            return
        for accessor in accessors:
            body = {"secret_id_accessor": accessor}
            self._vault.post(f"{_role(team_id)}/secret-id-accessor/destroy", json=body)

    def _take_apart(self, team_id: TeamId, team: Team | None) -> None:
        if team:
            self._slugs.free(team.slug, team_id)
            self._kv.forget(config_path(team_id))
        # Without the entity its tokens are dead at once, minted batch tokens too.
        repeated(lambda: self._vault.delete(_entity(team_id)))
        self._kv.forget(secret_path(team_id))
        self._kv.forget(webhook_secret_path(team_id))
        for key in self._kv.list_names(matters_path(team_id)):
            self._kv.forget(matter_path(team_id, key))
        repeated(lambda: self._vault.delete(_role(team_id)))

    def _write(self, team: Team) -> int:
        """The version that it is now; written over the one that the team is of, where it is of
        one, else `VersionConflict`."""
        path, fields, cas = config_path(team.team_id), team_fields(team), team.version or None
        try:
            return repeated(lambda: self._kv.write(path, fields, cas))
        except CasConflict:
            # The newest may be this very write, whose first answer was lost.
            with begun():
                newest = self._kv.read(path)
            if newest is None or newest.fields != fields:
                raise VersionConflict from None
            return newest.version

    def _settle(self, team: Team, claim: int, before: Team | None) -> None:
        try:
            self._slugs.settle(team, claim)
        except SlugTaken:
            if before:
                self._restore(replace(before, version=team.version), team.slug)
            else:
                self._kv.forget(config_path(team.team_id))
            raise
        if before:
            self._slugs.free(before.slug, team.team_id)

    def _restore(self, former: Team, refused: Slug) -> None:
        """The slug as it was; what others have written meanwhile keeps all the rest."""
        try:
            self._write(former)
        except VersionConflict:
            newest = self.read(former.team_id)
            if newest and newest.slug == refused:
                self._restore(replace(newest, slug=former.slug), refused)

    def _register_identity(self, team_id: TeamId) -> None:
        self._put(_role(team_id), _ROLE)
        self._put(_entity(team_id), {"metadata": {"team_id": team_id}})
        entity_id = self._vault.get(_entity(team_id))["data"]["id"]
        mounts = self._vault.get("/v1/sys/auth")["data"]
        for name, mount in ((self._role_id(team_id), "teams/"), (team_id, "token/")):
            alias = {
                "name": name,
                "canonical_id": entity_id,
                "mount_accessor": mounts[mount]["accessor"],
            }
            self._put("/v1/identity/entity-alias", alias)

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        repeated(lambda: self._vault.post(path, json=body))

    def _role_id(self, team_id: TeamId) -> str:
        try:
            return str(self._vault.get(f"{_role(team_id)}/role-id")["data"]["role_id"])
        except NothingThere:
            raise TeamNotFound from None

    def _has_role(self, team_id: TeamId) -> bool:
        try:
            self._role_id(team_id)
        except TeamNotFound:
            return False
        return True


def _is_team(name: str) -> bool:
    return name.endswith("/") and is_team_id(name[:-1])


def _entity(team_id: TeamId) -> str:
    return f"/v1/identity/entity/name/team-{team_id}"


def _role(team_id: TeamId) -> str:
    return f"/v1/{TEAMS_LOGIN}/role/team-{team_id}"
