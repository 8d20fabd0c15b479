"""Brings one thing in Vault to its wanted state, and records whether that took a change."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hvac
import requests
from hvac.exceptions import Forbidden, InvalidRequest, VaultError

from vault.wanted import STAFF_AUTH

_UPGRADE_PATIENCE = 30.0

Settings = Mapping[str, Any]


class BootstrapError(RuntimeError):
    """Vault cannot be prepared; the message says why, and shows no secret."""


class VaultRefused(BootstrapError):
    """Vault did not do what it was asked. `errors` are Vault's words: compare them, never show
    them. `invalid`: Vault answered 400; `denied`: 403."""

    def __init__(self, what: str, failure: Exception) -> None:
        super().__init__(f"Vault did not take it ({type(failure).__name__}): {what}")
        self.invalid = isinstance(failure, InvalidRequest)
        self.denied = isinstance(failure, Forbidden)
        self.errors = " ".join(map(str, getattr(failure, "errors", None) or ()))


@dataclass(frozen=True, slots=True)
class Report:
    """`changes`: what was made or corrected, in order; `notes`: what the reader should know."""

    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turns each failure of a call to Vault into `VaultRefused`, which names `what` was asked."""
    try:
        yield
    except (VaultError, requests.RequestException) as failure:
        raise VaultRefused(what, failure) from None


class Reconciler:
    """Each method reads first and writes only what differs: a second run changes nothing.

    Every method may raise `VaultRefused`.
    """

    def __init__(self, client: hvac.Client, report: Report) -> None:
        self._client = client
        self.report = report

    def read(self, path: str) -> dict[str, Any] | None:
        """The `data` at a path, or None when there is nothing."""
        with asking(f"read {path}"):
            answer = self._client.read(path)
        if answer is None:
            return None
        if not isinstance(answer, dict):
            raise BootstrapError("VAULT_ADDR answered with a redirect: give the active server's")
        return dict(answer["data"])

    def names(self, path: str) -> list[str]:
        """The names below a path; none when there is nothing."""
        with asking(f"list {path}"):
            answer = self._client.list(path)
        return list(answer["data"]["keys"]) if isinstance(answer, dict) else []

    def write(self, path: str, settings: Settings, change: str) -> dict[str, Any]:
        with asking(f"write {path}"):
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
            except VaultRefused as refusal:
                if not refusal.invalid or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def transit_mount(self, mount: str) -> None:
        self._mounted("sys/mounts", mount, "transit", f"transit mount {mount}/")

    def jwt_mount(self, mount: str) -> None:
        self._mounted("sys/auth", mount, "jwt", f"auth method {mount}/")

    def approle_mount(self, mount: str) -> None:
        """An AppRole mount without user lockout: it protects no random secret id of 128 bits, and
        anybody who knows a role id could lock that login."""
        self._mounted("sys/auth", mount, "approle", f"auth method {mount}/")
        tuning = f"sys/auth/{mount}/tune"
        if not (self.read(tuning) or {}).get("user_lockout_disable"):
            change = f"auth method {mount}/: user lockout switched off"
            self.write(tuning, {"user_lockout_config": {"lockout_disable": True}}, change)

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
        """A named entity that a login's alias belongs to, so that the audit log names its owner. An
        entity has one alias at each mount: another name replaces it."""
        path = f"identity/entity/name/{name}"
        entity = self.read(path) or self.write(path, {}, f"entity {name}: created")
        lookup = {"alias_name": alias, "alias_mount_accessor": accessor}
        with asking("write identity/lookup/entity"):
            found = self._client.write_data("identity/lookup/entity", data=lookup)
        if not isinstance(found, dict) or found["data"]["id"] != entity["id"]:
            for other in entity.get("aliases") or ():
                if other["mount_accessor"] == accessor:
                    with asking("delete identity/entity-alias"):
                        self._client.delete(f"identity/entity-alias/id/{other['id']}")
            self.write(
                "identity/entity-alias",
                {"name": alias, "mount_accessor": accessor, "canonical_id": entity["id"]},
                f"entity {name}: alias attached",
            )

    def check_mount(
        self, table: str, mount: str, kind: str, name: str, options: Settings | None = None
    ) -> bool:
        """Whether it is there. Raises `BootstrapError` for one of another type."""
        there = (self.read(table) or {}).get(f"{mount}/")
        if there is None:
            return False
        found = there.get("options") or {}
        if there["type"] != kind or any(found.get(k) != v for k, v in (options or {}).items()):
            raise BootstrapError(f"{name} is in use for something else in this Vault")
        return True

    def _mounted(
        self, table: str, mount: str, kind: str, name: str, options: Settings | None = None
    ) -> bool:
        """Whether it was there; made otherwise."""
        if self.check_mount(table, mount, kind, name, options):
            return True
        body = {"type": kind, **({"options": dict(options)} if options else {})}
        self.write(f"{table}/{mount}", body, f"{name}: created")
        return False
