"""A team's identity in Vault: an entity, its aliases, its AppRole and the AppRole's secret ids.

Policies are templates over the entity's `metadata.team_id`. The entity has two aliases: the
AppRole's role id, for members, and the team's id on the token mount, for the agent's minted tokens.
"""

from collections.abc import Mapping
from typing import Any

from app.adapters.vault.repeating import repeated
from app.adapters.vault.transport import NothingThere, VaultTransport
from app.domain.ids import TeamId, is_team_id
from app.domain.login import Credentials
from app.domain.secret import SecretString
from app.errors import TeamNotFound

TEAMS_LOGIN = "auth/teams"
_WRAP_SECONDS = 900
_ROLE = {
    "token_policies": ["team-member"],
    "token_no_default_policy": True,
    "token_ttl": "1h",
    "token_max_ttl": "24h",
}


class TeamIdentities:
    """With one caller's rights. Every step may be repeated."""

    def __init__(self, vault: VaultTransport) -> None:
        self._vault = vault

    def register(self, team_id: TeamId) -> None:
        self._put(_role(team_id), _ROLE)
        self._put(_entity(team_id), {"metadata": {"team_id": team_id}})
        entity_id = self._vault.get(_entity(team_id))["data"]["id"]
        mounts = self._vault.get("/v1/sys/auth")["data"]
        for name, mount in ((self.role_id(team_id), "teams/"), (team_id, "token/")):
            alias = {
                "name": name,
                "canonical_id": entity_id,
                "mount_accessor": mounts[mount]["accessor"],
            }
            self._put("/v1/identity/entity-alias", alias)

    def own(self) -> TeamId | None:
        """The team that the caller is a member of."""
        entity_id = self._vault.get("/v1/auth/token/lookup-self")["data"].get("entity_id")
        if not entity_id:
            return None
        entity = self._vault.get(f"/v1/identity/entity/id/{entity_id}")["data"]
        team_id = str((entity.get("metadata") or {}).get("team_id"))
        return TeamId(team_id) if is_team_id(team_id) else None

    def has_role(self, team_id: TeamId) -> bool:
        try:
            self.role_id(team_id)
        except TeamNotFound:
            return False
        return True

    def role_id(self, team_id: TeamId) -> str:
        """Raises `TeamNotFound`."""
        try:
            return str(self._vault.get(f"{_role(team_id)}/role-id")["data"]["role_id"])
        except NothingThere:
            raise TeamNotFound from None

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        role_id = self.role_id(team_id)
        answer = self._vault.post(f"{_role(team_id)}/secret-id", json={}, wrap_ttl=_WRAP_SECONDS)
        wrapped = answer["wrap_info"]
        return Credentials(role_id, SecretString(wrapped["token"]), int(wrapped["ttl"]))

    def revoke_credentials(self, team_id: TeamId) -> None:
        self.role_id(team_id)
        try:
            accessors = self._vault.list(f"{_role(team_id)}/secret-id/")["data"]["keys"]
        except NothingThere:
            return
        for accessor in accessors:
            body = {"secret_id_accessor": accessor}
            self._vault.post(f"{_role(team_id)}/secret-id-accessor/destroy", json=body)

    def forget_entity(self, team_id: TeamId) -> None:
        """Without the entity its tokens are dead at once, minted batch tokens too."""
        repeated(lambda: self._vault.delete(_entity(team_id)))

    def forget_role(self, team_id: TeamId) -> None:
        repeated(lambda: self._vault.delete(_role(team_id)))

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        repeated(lambda: self._vault.post(path, json=body))


def _entity(team_id: TeamId) -> str:
    return f"/v1/identity/entity/name/team-{team_id}"


def _role(team_id: TeamId) -> str:
    return f"/v1/{TEAMS_LOGIN}/role/team-{team_id}"
