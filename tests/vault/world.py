"""A bootstrapped Vault with two teams and one real token for each kind of identity.

Everything here goes over Vault's own HTTP API; no code of the app takes part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from vault.embedded import EmbeddedVault
from vault.node import local_session

TEAM_A = "01aaaaaaaaaaaaaaaaaaaaaaaa"
TEAM_B = "01bbbbbbbbbbbbbbbbbbbbbbbb"
SPARE_TEAM = "01cccccccccccccccccccccccc"
KEYS = {TEAM_A: "canary-key-of-team-a", TEAM_B: "canary-key-of-team-b"}
SERVICE_SECRET = "canary-of-the-service"
ROLE_SETTINGS = {"token_policies": ["team-member"], "token_no_default_policy": True}
WRAPPED = {"X-Vault-Wrap-TTL": "60"}


@dataclass
class Vault:
    """One server as seen with one token."""

    address: str
    token: str
    http: requests.Session = field(default_factory=local_session)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return self.http.request(
            method,
            f"{self.address}/v1/{path}",
            json=body,
            headers={"X-Vault-Token": self.token, **(headers or {})},
            allow_redirects=False,
            timeout=10,
        )

    def need(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """The answer's JSON; fails unless Vault did it."""
        answer = self.call(method, path, body, headers)
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else {}

    def as_token(self, token: str) -> "Vault":
        return Vault(self.address, token, self.http)


class World:
    """Team A and team B with a key, a configuration and a matter each; a spare team with none."""

    def __init__(self, server: EmbeddedVault) -> None:
        self.server = server
        self.root = Vault(server.address, server.root_token)
        self.service = self.staff("team-secrets-service")
        self.operator = self.staff("operator")
        self.auditor = self.staff("auditor")
        self.maintenance = self.staff("maintenance")
        self.metrics = self.staff("metrics")
        for team in (TEAM_A, TEAM_B, SPARE_TEAM):
            self.register(team)
            self.restore(team)
        self.root.need("POST", "platform/data/service/llm", {"data": {"key": SERVICE_SECRET}})
        self.member = self.member_of(TEAM_A)
        self.agent = self.agent_of(TEAM_A)
        self.nobody = self.root.as_token("")

    def staff(self, role: str) -> Vault:
        """A fresh login by an AppRole of the platform."""
        role_id = self.root.need("GET", f"auth/approle/role/{role}/role-id")["data"]["role_id"]
        secret = self.root.need("POST", f"auth/approle/role/{role}/secret-id", {})["data"]
        return self._login("approle", role_id, secret["secret_id"])

    def register(self, team: str) -> None:
        """As an operator does it."""
        vault = self.operator
        vault.need("POST", f"auth/teams/role/team-{team}", ROLE_SETTINGS)
        entity_path = f"identity/entity/name/team-{team}"
        vault.need("POST", entity_path, {"metadata": {"team_id": team}})
        entity = vault.need("GET", entity_path)["data"]["id"]
        for name, mount in ((self.role_id(team), "teams/"), (team, "token/")):
            alias = {"name": name, "canonical_id": entity, "mount_accessor": self.accessor(mount)}
            vault.need("POST", "identity/entity-alias", alias)

    def restore(self, team: str) -> None:
        """The team's documents as new, whatever an earlier test did to them."""
        self.root.call("DELETE", f"teams/metadata/{team}/matters/se/second")
        documents = {
            "blawby_api": {"team_id": team, "api_key": KEYS.get(team, "spare"), "label": {"x": {}}},
            "config": {"team_id": team, "slug": f"slug-{team}", "name": "N", "config": {}},
            "matters/fi/first": {"team_id": team, "label": {}},
        }
        for name, document in documents.items():
            self.root.need("POST", f"teams/data/{team}/{name}", {"data": document})
        self.root.need("POST", f"platform/data/slugs/slug-{team}", {"data": {"team_id": team}})
        item = {"data": {"due": "2026-05-04T12:00:00+00:00", "tries": 0}}
        self.root.need("POST", "platform/data/worklist/matter/day/minute/first", item)

    def role_id(self, team: str) -> str:
        answer = self.operator.need("GET", f"auth/teams/role/team-{team}/role-id")
        return str(answer["data"]["role_id"])

    def accessor(self, mount: str) -> str:
        return str(self.operator.need("GET", "sys/auth")["data"][mount]["accessor"])

    def member_of(self, team: str) -> Vault:
        path = f"auth/teams/role/team-{team}/secret-id"
        answer = self.operator.call("POST", path, {}, WRAPPED).json()
        holder = self.root.as_token(answer["wrap_info"]["token"])
        secret_id = holder.need("POST", "sys/wrapping/unwrap")["data"]["secret_id"]
        return self._login("teams", self.role_id(team), secret_id)

    def agent_of(self, team: str) -> Vault:
        body = {"entity_alias": team, "ttl": "600s"}
        auth = self.service.need("POST", "auth/token/create/team-agent", body)["auth"]
        return self.root.as_token(auth["client_token"])

    def _login(self, mount: str, role_id: str, secret_id: str) -> Vault:
        body = {"role_id": role_id, "secret_id": secret_id}
        nobody = self.root.as_token("")
        return nobody.as_token(
            nobody.need("POST", f"auth/{mount}/login", body)["auth"]["client_token"]
        )
