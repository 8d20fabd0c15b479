"""Clients for Vault's calls that need a token: the maintenance login, and root for a while."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from app.domain.secret import SecretString
from deploy.unseal_keys import UnsealKeys
from vault.client import connect
from vault.state import write_private
from vault.wanted import MAINTENANCE_ROLE, STAFF_AUTH

# OpenBao requires a token besides the unseal keys; HashiCorp Vault does not have this path.
_WITH_TOKEN = "/v1/sys/generate-root-token"  # noqa: S105 (a path)
_WITHOUT_TOKEN = "/v1/sys/generate-root"  # noqa: S105 (a path)


@dataclass(frozen=True, slots=True)
class Access:
    """`environ` has `VAULT_ADDR` and `VAULT_CACERT`; `keys` is where `init` keeps its own login."""

    environ: Mapping[str, str]
    keys: Path

    def client(self, token: SecretString) -> hvac.Client:
        """A client of the active node. Raises `BootstrapError` if there is none."""
        return connect({**self.environ, "VAULT_TOKEN": token.reveal()})

    def maintenance(self) -> hvac.Client:
        """A client that may rotate the service's secret id, take snapshots and request a root
        token."""
        # A login needs no token; without an explicit one hvac would take it from the environment.
        client = self.client(SecretString("none"))
        login = {
            "role_id": (self.keys / "maintenance-role-id").read_text(),
            "secret_id": (self.keys / "maintenance-secret-id").read_text(),
        }
        answer = client.write_data(f"auth/{STAFF_AUTH}/login", data=login)
        client.token = answer["auth"]["client_token"]
        return client

    def keep_maintenance_login(self, root: hvac.Client) -> None:
        """Write the login for `maintenance` if it is missing or no longer works."""
        try:
            self.maintenance()
        except (FileNotFoundError, InvalidRequest):
            role = f"auth/{STAFF_AUTH}/role/{MAINTENANCE_ROLE}"
            role_id = root.read(f"{role}/role-id")["data"]["role_id"]
            secret_id = root.write_data(f"{role}/secret-id", data={})["data"]["secret_id"]
            write_private(self.keys / "maintenance-role-id", role_id.encode())
            write_private(self.keys / "maintenance-secret-id", secret_id.encode())

    @contextmanager
    def root(self, keys: UnsealKeys) -> Iterator[hvac.Client]:
        """A client with a root token, which is revoked at the end.

        If the task fails, the token of the initialisation is kept: without it, and before there is
        a maintenance login, OpenBao would issue no other.
        """
        first = self._living_root(keys)
        client = self.client(first or self.new_root_token(keys))
        try:
            yield client
        except BaseException:
            if not first:
                client.auth.token.revoke_self()
            raise
        client.auth.token.revoke_self()

    def new_root_token(self, keys: UnsealKeys) -> SecretString:
        """A root token, which the caller must revoke."""
        client = self.maintenance()
        try:
            _data(client.adapter.get(f"{_WITH_TOKEN}/attempt"))
            path = _WITH_TOKEN
        except (InvalidPath, Forbidden):
            path = _WITHOUT_TOKEN
        client.adapter.delete(f"{path}/attempt")
        attempt = _data(client.adapter.put(f"{path}/attempt", json={}))
        for share in keys.enough:
            given = {"nonce": attempt["nonce"], "key": share.reveal()}
            answer = _data(client.adapter.put(f"{path}/update", json=given))
        return _decoded(answer["encoded_token"], attempt["otp"])

    def _living_root(self, keys: UnsealKeys) -> SecretString | None:
        """The root token of the initialisation, unless it was revoked."""
        if keys.root_token is None:
            return None
        try:
            self.client(keys.root_token).auth.token.lookup_self()
        except Forbidden:
            return None
        return keys.root_token


def _data(answer: Any) -> dict[str, Any]:
    """OpenBao wraps the answer in `data`, HashiCorp Vault does not."""
    return dict(answer.get("data") or answer)


def _decoded(encoded: str, one_time_pad: str) -> SecretString:
    padded = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    pad = one_time_pad.encode()
    return SecretString(bytes(a ^ b for a, b in zip(padded, pad, strict=True)).decode())
