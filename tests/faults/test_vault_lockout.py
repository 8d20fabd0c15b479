"""Row 50: whoever knows a role id can keep nobody out (attack 2)."""

from pathlib import Path
from typing import Any

import hvac
import pytest

from app.domain.secret import SecretString
from tests.faults.audit_log import AuditLog
from tests.http.answers import data_of, refusal_of
from tests.http.test_auth import credentials_of
from tests.leaks import Canaries
from tests.rig import Caller, NewStage, Service, Stage, TeamOnStage
from vault.bootstrap import bootstrap

_TRIES = 10
_LOGIN = "/api/auth/login"


def root_of(service: Service) -> hvac.Client:
    return hvac.Client(service.vault.address, token=service.vault.root_token)


def guess(caller: Caller, login: dict[str, str]) -> None:
    for number in range(_TRIES):
        wrong = login | {"secretId": f"wrong-{number}"}
        refusal_of(caller.post(_LOGIN, json=wrong), 401, "unauthenticated")


def test_wrong_secret_ids_do_not_lock_a_teams_login(team: TeamOnStage, nobody: Caller) -> None:
    login = credentials_of(team)
    guess(nobody, login)
    data_of(nobody.post(_LOGIN, json=login))


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_nor_that_of_people(service: Service, nobody: Caller, role: str) -> None:
    path = f"auth/approle/role/{role}"
    root = root_of(service)
    role_id = root.read(f"{path}/role-id")["data"]["role_id"]
    secret_id = root.write_data(f"{path}/secret-id", data={})["data"]["secret_id"]
    login = {"roleId": role_id, "secretId": secret_id}
    guess(nobody, login)
    data_of(nobody.post(_LOGIN, json=login))


def test_nor_the_services_which_the_public_login_never_tries(
    service: Service, stage: Stage, new_stage: NewStage, audit: AuditLog
) -> None:
    login = {"roleId": service.role_id, "secretId": service.secret_id}
    guess(stage.nobody, login)
    refusal_of(stage.nobody.post(_LOGIN, json=login), 401, "unauthenticated")
    assert audit.requests("auth/approle/login") == []
    assert audit.requests("auth/teams/login") == []
    at_vault = {"role_id": service.role_id, "secret_id": "wrong"}
    for _ in range(_TRIES):
        with pytest.raises(hvac.exceptions.InvalidRequest):
            root_of(service).write_data("auth/approle/login", data=at_vault)
    started_then = new_stage()
    assert started_then.nobody.get("/readyz").status_code == 200


def test_a_bootstrap_unlocks_what_an_older_one_left_locked(
    service: Service, canaries: Canaries, tmp_path: Path
) -> None:
    """The log says what it is, and the login works again without waiting for the lock's end."""
    root = root_of(service)
    on: dict[str, Any] = {"user_lockout_config": {"lockout_disable": False}}
    for mount in ("approle", "teams"):
        root.write_data(f"sys/auth/{mount}/tune", data=on)
    locked = Stage(service, canaries, tmp_path / "locked", vault_secret_id=SecretString("wrong"))
    team = locked.team()
    login = credentials_of(team)
    guess(locked.nobody, login)
    refusal_of(locked.nobody.post(_LOGIN, json=login), 401, "unauthenticated")
    assert "Vault has locked a login at auth/teams" in log_of(canaries)
    wrong = {"role_id": service.role_id, "secret_id": "wrong"}
    for _ in range(5):
        with pytest.raises(hvac.exceptions.InvalidRequest):
            root.write_data("auth/approle/login", data=wrong)
    assert locked.nobody.get("/readyz").status_code == 503
    assert "Vault has locked the service's login" in log_of(canaries)
    assert bootstrap(root).changes == [
        "auth method approle/: user lockout switched off",
        "auth method teams/: user lockout switched off",
    ]
    data_of(locked.nobody.post(_LOGIN, json=login))
    healed = Stage(service, canaries, tmp_path / "healed")
    assert healed.nobody.get("/readyz").status_code == 200


def log_of(canaries: Canaries) -> str:
    return (canaries.captured / "logs").read_text("utf-8")
