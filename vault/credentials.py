"""The files by which the service and a local operator log in. What still works is kept."""

from pathlib import Path

import hvac
from hvac.exceptions import Forbidden, InvalidRequest

from vault.reconcile import Report
from vault.state import write_private
from vault.wanted import OPERATOR_ROLE, SERVICE_ROLE, STAFF_AUTH

_ROLES = f"auth/{STAFF_AUTH}/role"
_ENOUGH = 12 * 3600


def issue(
    client: hvac.Client, report: Report, directory: Path, *, operator_token: bool = False
) -> None:
    """Writes `role-id` and `secret-id`, and an `operator-token` when asked, each of mode 0600.

    Changes go into `report`. Nothing is printed, and no secret id of an operator is left behind.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    role_id = client.read(f"{_ROLES}/{SERVICE_ROLE}/role-id")["data"]["role_id"]
    if _kept(directory / "role-id") != role_id:
        _write(directory / "role-id", role_id, report)
    if not _is_secret_id(client, _kept(directory / "secret-id")):
        answer = client.write_data(f"{_ROLES}/{SERVICE_ROLE}/secret-id", data={})
        _write(directory / "secret-id", answer["data"]["secret_id"], report)
    if operator_token and not _renewed(client, _kept(directory / "operator-token")):
        _write(directory / "operator-token", _operator_login(client), report)


def _kept(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _write(file: Path, content: str, report: Report) -> None:
    write_private(file, content.encode())
    report.changes.append(f"{file}: written")


def _is_secret_id(client: hvac.Client, secret_id: str) -> bool:
    if not secret_id:
        return False
    path = f"{_ROLES}/{SERVICE_ROLE}/secret-id/lookup"
    answer = client.write_data(path, data={"secret_id": secret_id})
    return isinstance(answer, dict) and bool(answer.get("data"))


def _renewed(client: hvac.Client, token: str) -> bool:
    """Whether the token is good for half a day more; renewed where that is all it needs."""
    if not token:
        return False
    try:
        answer = client.write_data("auth/token/renew", data={"token": token})
    except (Forbidden, InvalidRequest):
        return False
    auth = answer["auth"]
    return OPERATOR_ROLE in auth["token_policies"] and auth["lease_duration"] >= _ENOUGH


def _operator_login(client: hvac.Client) -> str:
    path = f"{_ROLES}/{OPERATOR_ROLE}"
    role_id = client.read(f"{path}/role-id")["data"]["role_id"]
    once = {"num_uses": 1, "ttl": 60}
    secret_id = client.write_data(f"{path}/secret-id", data=once)["data"]["secret_id"]
    login = {"role_id": role_id, "secret_id": secret_id}
    return str(client.write_data(f"auth/{STAFF_AUTH}/login", data=login)["auth"]["client_token"])
