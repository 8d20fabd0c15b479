"""An AppRole for the service that a test may do anything to, with a policy of its own."""

import secrets
from contextlib import suppress
from typing import Any

import hvac
from hvac.exceptions import InvalidRequest

from tests.faults.audit_log import AuditLog
from tests.rig import Service


class OwnRole:
    def __init__(self, service: Service, audit: AuditLog, **settings: Any) -> None:
        vault = service.vault
        self.name = f"fault-{secrets.token_hex(4)}"
        self._audit = audit
        self._root = hvac.Client(vault.address, token=vault.root_token)
        self._rights = self._root.sys.read_acl_policy("service")["data"]["policy"]
        self.grant()
        self._path = f"auth/approle/role/{self.name}"
        role = {"token_policies": [self.name], "token_no_default_policy": True, "token_ttl": 3600}
        self._root.write_data(self._path, data=role | settings)
        self.role_id = self._root.read(f"{self._path}/role-id")["data"]["role_id"]
        self.secret_id = self._secret()
        self.service = Service(vault, self.role_id, self.secret_id, service.blawby_url)

    def grant(self) -> None:
        self._root.sys.create_or_update_acl_policy(self.name, self._rights)

    def withdraw(self) -> None:
        self._root.sys.delete_acl_policy(self.name)

    def revoke_tokens(self) -> None:
        """Every token that the role gave out. Others' may end by themselves meanwhile."""
        for accessor in self._root.list("auth/token/accessors")["data"]["keys"]:
            with suppress(InvalidRequest):
                told = self._root.auth.token.lookup_accessor(accessor)["data"]
                if (told.get("meta") or {}).get("role_name") == self.name:
                    self._root.auth.token.revoke_accessor(accessor)

    def destroy_secret_id(self) -> None:
        data = {"secret_id": self.secret_id}
        self._root.write_data(f"{self._path}/secret-id/destroy", data=data)

    def logins(self) -> int:
        return len(self._audit.requests("auth/approle/login", role_name=self.name))

    def remove(self) -> None:
        self._root.delete(self._path)
        self.withdraw()

    def _secret(self) -> str:
        answer = self._root.write_data(f"{self._path}/secret-id", data={})
        return str(answer["data"]["secret_id"])
