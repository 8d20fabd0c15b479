"""The files with which the service, an operator and a scraper log in. Working files are kept."""

import os
import tempfile
from pathlib import Path
from typing import Any

import hvac

from vault.reconcile import BootstrapError, Report, VaultRefused, asking
from vault.state import write_private
from vault.wanted import METRICS_ROLE, OPERATOR_ROLE, SERVICE_ROLE, STAFF_AUTH, STAFF_ROLES

_ROLES = f"auth/{STAFF_AUTH}/role"
_ENOUGH = 12 * 3600
_FILES = ("role-id", "secret-id", "operator-token", "metrics-token")


def make_ready(directory: Path) -> None:
    """Create the directory. Raises `BootstrapError` if files cannot be read or written there."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
        for name in _FILES:
            _kept(directory / name)
    except (OSError, ValueError):
        raise BootstrapError(
            f"{directory} is no directory whose files can be read and written"
        ) from None


def issue(
    client: hvac.Client,
    report: Report,
    directory: Path,
    *,
    operator_token: bool = False,
    metrics_token: bool = False,
) -> None:
    """Write `role-id` and `secret-id`, and the requested tokens, each with mode 0600.

    Changes are added to `report`. Prints nothing, and leaves no person's secret id behind. Raises
    `BootstrapError`.
    """
    make_ready(directory)
    login = Logins(client)
    role_id = login.role_id(SERVICE_ROLE)
    if _kept(directory / "role-id") != role_id:
        _write(directory / "role-id", role_id, report)
    if not login.is_secret_id(SERVICE_ROLE, _kept(directory / "secret-id")):
        _write(directory / "secret-id", login.new_secret_id(SERVICE_ROLE, {}), report)
    wanted = {OPERATOR_ROLE: operator_token, METRICS_ROLE: metrics_token}
    for role in (role for role, asked in wanted.items() if asked):
        file = directory / f"{role}-token"
        if not login.renewed(role, _kept(file)):
            _write(file, login.new_token(role), report)


class Logins:
    """The platform's AppRoles. Every method may raise `VaultRefused`."""

    def __init__(self, client: hvac.Client) -> None:
        self._client = client

    def role_id(self, role: str) -> str:
        path = f"{_ROLES}/{role}/role-id"
        with asking(f"read {path}"):
            return str(self._client.read(path)["data"]["role_id"])

    def new_secret_id(self, role: str, limits: dict[str, int]) -> str:
        return str(self._write(f"{_ROLES}/{role}/secret-id", limits)["data"]["secret_id"])

    def is_secret_id(self, role: str, secret_id: str) -> bool:
        if not secret_id:
            return False
        answer = self._write(f"{_ROLES}/{role}/secret-id/lookup", {"secret_id": secret_id})
        return isinstance(answer, dict) and bool(answer.get("data"))

    def renewed(self, role: str, token: str) -> bool:
        """Whether the token is valid for another half day; renews it if that is enough."""
        if not token:
            return False
        try:
            answer = self._write("auth/token/renew", {"token": token})
        except VaultRefused as refusal:
            if refusal.invalid or refusal.denied:
                return False
            raise
        auth = answer["auth"]
        policies = STAFF_ROLES[role].settings["token_policies"]
        return set(policies) <= set(auth["token_policies"]) and auth["lease_duration"] >= _ENOUGH

    def new_token(self, role: str) -> str:
        """By a secret id that is good for this one login."""
        secret_id = self.new_secret_id(role, {"num_uses": 1, "ttl": 60})
        login = {"role_id": self.role_id(role), "secret_id": secret_id}
        return str(self._write(f"auth/{STAFF_AUTH}/login", login)["auth"]["client_token"])

    def _write(self, path: str, body: dict[str, Any]) -> Any:
        with asking(f"write {path}"):
            return self._client.write_data(path, data=body)


def _kept(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _write(file: Path, content: str, report: Report) -> None:
    try:
        write_private(file, content.encode())
    except OSError:
        raise BootstrapError(f"{file} cannot be written") from None
    report.changes.append(f"{os.fspath(file)}: written")
