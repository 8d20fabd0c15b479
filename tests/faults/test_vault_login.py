"""Rows 12 to 15 of the faults: the service's own token expires, is revoked, loses its rights."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.session import ServiceLogin
from app.domain.secret import SecretString
from app.errors import VaultUnavailable
from app.schemas.stored_config import read_config
from tests.faults.audit_log import AuditLog
from tests.faults.own_role import OwnRole
from tests.faults.vault_stage import is_served, is_vault_away, readiness, warm_up
from tests.leaks import Canaries
from tests.rig import Service, Stage
from tests.waiting import eventually

_THREADS = 8


@pytest.fixture
def role(service: Service, audit: AuditLog) -> Iterator[OwnRole]:
    role = OwnRole(service, audit)
    yield role
    role.remove()


@pytest.fixture
def short_lived(service: Service, audit: AuditLog) -> Iterator[OwnRole]:
    """Tokens for one second, renewed to two at most."""
    role = OwnRole(service, audit, token_ttl=1, token_max_ttl=2)
    yield role
    role.remove()


def stage_of(role: OwnRole, canaries: Canaries, cache: Path, **changes: Any) -> Stage:
    return Stage(role.service, canaries, cache, config_cache_ttl=1, **changes)


def test_row_12_one_login_for_all_threads(
    short_lived: OwnRole, canaries: Canaries, tmp_path: Path
) -> None:
    stage = stage_of(short_lived, canaries, tmp_path)
    teams = [stage.team().with_key() for _ in range(_THREADS)]
    warm_up(teams[0])
    time.sleep(1.1)
    before = short_lived.logins()
    together = threading.Barrier(_THREADS)

    def ask(number: int) -> bool:
        together.wait()
        return is_served(teams[number].ask("Hello"), degraded=False)

    with ThreadPoolExecutor(_THREADS) as pool:
        assert all(pool.map(ask, range(_THREADS)))
    assert short_lived.logins() == before + 1


def test_rows_12_and_14_expiring_under_load(
    short_lived: OwnRole, audit: AuditLog, canaries: Canaries, tmp_path: Path
) -> None:
    """Four seconds are two lives: renewals, the end of the maximum, new logins; nobody notices."""
    stage = stage_of(short_lived, canaries, tmp_path)
    teams = [stage.team().with_key() for _ in range(4)]
    ends = time.monotonic() + 4

    def ask(number: int) -> int:
        turns = 0
        while time.monotonic() < ends:
            assert is_served(teams[number].ask("Hello"), degraded=False)
            turns += 1
        return turns

    with ThreadPoolExecutor(4) as pool:
        assert min(pool.map(ask, range(4))) > 10
    assert 2 <= short_lived.logins() <= 6
    # At two, four and six thirds of a second at most: Vault rounds what is left of a lease.
    assert len(audit.requests("auth/token/renew-self")) <= 3 * short_lived.logins()


def test_row_13_revoked(role: OwnRole, canaries: Canaries, tmp_path: Path) -> None:
    stage = stage_of(role, canaries, tmp_path)
    warm, cold = stage.team().with_key(), stage.team().with_key()
    warm_up(warm)
    role.revoke_tokens()
    warm_up(cold)
    assert role.logins() == 2


def test_row_13_revoked_twice_within_a_minute(
    role: OwnRole, canaries: Canaries, tmp_path: Path
) -> None:
    stage = stage_of(role, canaries, tmp_path)
    warm, cold = stage.team().with_key(), stage.team().with_key()
    warm_up(warm)
    role.revoke_tokens()
    assert readiness(stage)[0] == 200
    role.revoke_tokens()
    time.sleep(1.1)
    for _ in range(5):
        assert is_vault_away(cold.ask("Hello"))
        assert is_served(warm.ask("Hello"), degraded=True)
        assert readiness(stage)[0] == 503
    assert role.logins() == 2


def test_row_13_its_policy_taken_away(role: OwnRole, canaries: Canaries, tmp_path: Path) -> None:
    stage = stage_of(role, canaries, tmp_path)
    warm, cold = stage.team().with_key(), stage.team().with_key()
    warm_up(warm)
    role.withdraw()
    time.sleep(1.1)
    for _ in range(5):
        assert is_vault_away(cold.ask("Hello"))
        assert is_served(warm.ask("Hello"), degraded=True)
        assert readiness(stage)[0] == 503
    assert role.logins() == 2
    role.grant()
    warm_up(cold)
    eventually(lambda: readiness(stage)[0] == 200)
    assert role.logins() == 2


class Clock:
    """The monotonic one, moved by a test."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def source_of(role: OwnRole, clock: Clock) -> VaultTeamSource:
    addresses = VaultAddresses(tuple(role.service.vault.addresses), 2.0, None)
    method = AppRoleLogin(role.role_id, SecretString(role.secret_id))
    login = ServiceLogin(addresses, method, clock=clock)
    return VaultTeamSource(login, AgentTokens(login, addresses, "teams"), "teams", read_config)


def test_row_13_after_a_minute_again(role: OwnRole) -> None:
    clock = Clock()
    source = source_of(role, clock)
    source.probe()
    for minute in range(1, 4):
        role.revoke_tokens()
        source.probe()
        role.revoke_tokens()
        with pytest.raises(VaultUnavailable):
            source.probe()
        assert role.logins() == 1 + minute
        clock.ahead += 60


def test_row_14_renewed_past_the_maximum(short_lived: OwnRole, audit: AuditLog) -> None:
    source = source_of(short_lived, Clock())
    source.probe()
    for _ in range(50):
        time.sleep(0.06)
        source.probe()
    assert 2 <= short_lived.logins() <= 5
    # At two, four and six thirds of a second at most: Vault rounds what is left of a lease.
    assert len(audit.requests("auth/token/renew-self")) <= 3 * short_lived.logins()


def test_row_15_secret_id_used_up(role: OwnRole, canaries: Canaries, tmp_path: Path) -> None:
    stage = stage_of(role, canaries, tmp_path)
    warm, cold = stage.team().with_key(), stage.team().with_key()
    warm_up(warm)
    role.destroy_secret_id()
    role.revoke_tokens()
    time.sleep(1.1)
    for _ in range(5):
        assert readiness(stage)[0] == 503
        assert is_served(warm.ask("Hello"), degraded=True)
        assert is_vault_away(cold.ask("Hello"))
    assert warm.ask().json["data"]["payment"]["method"] == "blawby_api"


def test_row_15_secret_id_wrong_from_the_start(
    role: OwnRole, audit: AuditLog, canaries: Canaries, tmp_path: Path
) -> None:
    stage = stage_of(role, canaries, tmp_path, vault_secret_id=SecretString("wrong"))
    team = stage.team()
    refused_before = len(audit.requests("auth/approle/login"))
    for _ in range(5):
        assert readiness(stage)[0] == 503
        assert is_vault_away(team.ask("Hello"))
        assert stage.operator.get(team.secret).status_code == 200
    assert len(audit.requests("auth/approle/login")) == refused_before + 1
