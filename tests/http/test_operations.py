"""The probes over HTTP: alive, and able to work."""

import time
import tomllib
from pathlib import Path

from app.version import VERSION
from tests.faults.audit_log import AuditLog
from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, NewStage, Service, Stage
from vault.ports import free_port

ROOT = Path(__file__).parents[2]

UNKNOWN = {"ready": True, "vault": "ok", "cache": "ok", "blawby": "unknown"}


def test_healthz_answers_while_the_process_serves(nobody: Caller, away: Stage) -> None:
    for caller in (nobody, away.nobody):
        assert data_of(caller.get("/healthz")) == {"status": "ok", "version": VERSION}


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_blawby_is_unknown_until_it_was_called(new_stage: NewStage) -> None:
    assert data_of(new_stage().nobody.get("/readyz")) == UNKNOWN
    stage = new_stage()
    stage.team().with_key().ask()
    assert data_of(stage.nobody.get("/readyz")) == UNKNOWN | {"blawby": "ok"}


def test_readyz_says_that_vault_is_not_well(away: Stage) -> None:
    body = refusal_of(away.nobody.get("/readyz"), 503, "vault_unavailable")
    assert body["details"] == {"vault": ["unavailable"]}


def test_readyz_says_that_the_service_cannot_log_in(new_stage: NewStage) -> None:
    """The server is well, and this app can do nothing with it."""
    stage = new_stage(vault_role_id="nobody-knows-this-role")
    body = refusal_of(stage.nobody.get("/readyz"), 503, "vault_unavailable")
    assert body["details"] == {"vault": ["unavailable"]}


def test_readyz_says_that_the_shared_cache_is_not_well(deaf: Stage) -> None:
    body = refusal_of(deaf.nobody.get("/readyz"), 503, "upstream_error")
    assert body["details"] == {"cache": ["unavailable"]}


def test_readyz_names_all_that_fails(new_stage: NewStage) -> None:
    stage = new_stage(
        vault_addr=(f"http://127.0.0.1:{free_port()}",),
        cache_redis_url=f"redis://127.0.0.1:{free_port()}",
    )
    body = refusal_of(stage.nobody.get("/readyz"), 503, "vault_unavailable")
    assert body["details"] == {"vault": ["unavailable"], "cache": ["unavailable"]}


def test_blawby_makes_nothing_unready(new_stage: NewStage) -> None:
    """Its state is told once calls have failed: the agent has its fallbacks."""
    stage = new_stage(blawby_api_url=f"http://127.0.0.1:{free_port()}")
    stage.team().with_key().ask()
    assert data_of(stage.nobody.get("/readyz")) == UNKNOWN | {"blawby": "unavailable"}


def test_probes_as_fast_as_they_go_cost_vault_one_look_a_second(
    new_stage: NewStage, service: Service
) -> None:
    """Row 55: each look is a line in the audit log, whose disk must not fill."""
    stage = new_stage()
    stage.nobody.get("/readyz")
    audit, began = AuditLog(service.vault.audit_log), time.monotonic()
    for _ in range(200):
        assert stage.nobody.get("/readyz").status_code == 200
    seconds = int(time.monotonic() - began) + 1
    assert len(audit.requests("platform/data/service/probe")) <= seconds


def test_metrics_are_not_served_to_the_public(nobody: Caller) -> None:
    assert nobody.get("/metrics").status_code == 404
