"""Brings one thing in Vault to its wanted state and writes down whether that took a change."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import hvac
from hvac.exceptions import InvalidRequest

from vault.wanted import STAFF_AUTH

_UPGRADE_PATIENCE = 30.0

Settings = Mapping[str, Any]


class BootstrapError(RuntimeError):
    """Vault cannot be prepared; the message says why, and shows no secret."""


@dataclass(frozen=True, slots=True)
class Report:
    """`changes`: what was made or corrected, in order; `notes`: what the reader should know."""

    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Reconciler:
    """Each method reads first and writes only what differs: a second run changes nothing."""

    def __init__(self, client: hvac.Client) -> None:
        self._client = client
        self.report = Report()

    def read(self, path: str) -> dict[str, Any] | None:
        """The `data` at a path, or None when there is nothing."""
        answer = self._client.read(path)
        if answer is None:
            return None
        if not isinstance(answer, dict):
            raise BootstrapError("VAULT_ADDR answered with a redirect: give the active server's")
        return dict(answer["data"])

    def write(self, path: str, settings: Settings, change: str) -> dict[str, Any]:
        answer = self._client.write_data(path, data=dict(settings))
        self.report.changes.append(change)
        return dict(answer["data"]) if isinstance(answer, dict) and answer.get("data") else {}

    def settings(self, path: str, wanted: Settings, name: str) -> None:
        """A role, a key or a configuration: written when one of the wanted values differs."""
        current = self.read(path)
        if current is None or any(current.get(key) != value for key, value in wanted.items()):
            self.write(path, wanted, f"{name}: {'created' if current is None else 'corrected'}")

    def kv_mount(self, mount: str) -> None:
        """A KV v2 mount. Versioning takes a moment on a new one."""
        if self._mounted("sys/mounts", mount, "kv", f"KV mount {mount}/", {"version": "2"}):
            return
        deadline = time.monotonic() + _UPGRADE_PATIENCE
        while True:
            try:
                self.read(f"{mount}/config")
            except InvalidRequest:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def transit_mount(self, mount: str) -> None:
        self._mounted("sys/mounts", mount, "transit", f"transit mount {mount}/")

    def approle_mount(self, mount: str) -> None:
        self._mounted("sys/auth", mount, "approle", f"auth method {mount}/")

    def policy(self, name: str, text: str) -> None:
        path = f"sys/policies/acl/{name}"
        current = self.read(path)
        if current is None or current["policy"] != text:
            self.write(
                path, {"policy": text}, f"policy {name}: {'corrected' if current else 'created'}"
            )

    def accessor(self, mount: str) -> str:
        """The accessor of an auth mount, by which aliases and policies name it."""
        return str((self.read("sys/auth") or {})[f"{mount}/"]["accessor"])

    def role_id(self, role: str) -> str:
        return str((self.read(f"auth/{STAFF_AUTH}/role/{role}/role-id") or {})["role_id"])

    def entity(self, name: str, alias: str, accessor: str) -> None:
        """A named entity that a login's alias belongs to, so that the audit log names its owner."""
        path = f"identity/entity/name/{name}"
        entity = self.read(path) or self.write(path, {}, f"entity {name}: created")
        lookup = {"alias_name": alias, "alias_mount_accessor": accessor}
        found = self._client.write_data("identity/lookup/entity", data=lookup)
        if not isinstance(found, dict) or found["data"]["id"] != entity["id"]:
            self.write(
                "identity/entity-alias",
                {"name": alias, "mount_accessor": accessor, "canonical_id": entity["id"]},
                f"entity {name}: alias attached",
            )

    def _mounted(
        self, table: str, mount: str, kind: str, name: str, options: Settings | None = None
    ) -> bool:
        """Whether it was there; made otherwise. What is there with another type is left alone."""
        there = (self.read(table) or {}).get(f"{mount}/")
        if there is None:
            body = {"type": kind, **({"options": dict(options)} if options else {})}
            self.write(f"{table}/{mount}", body, f"{name}: created")
            return False
        found = there.get("options") or {}
        if there["type"] != kind or any(found.get(k) != v for k, v in (options or {}).items()):
            raise BootstrapError(f"{name} is in use for something else in this Vault")
        return True
