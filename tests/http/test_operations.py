"""The probes over HTTP: alive, and able to work."""

from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, NewStage, Stage
from vault.ports import free_port

WELL = {"ready": True, "vault": "ok", "cache": "ok", "blawby": "ok"}


def test_healthz_answers_while_the_process_serves(nobody: Caller, away: Stage) -> None:
    for caller in (nobody, away.nobody):
        assert data_of(caller.get("/healthz")) == {"status": "ok"}


def test_readyz_is_well_when_all_is(nobody: Caller) -> None:
    assert data_of(nobody.get("/readyz")) == WELL


def test_readyz_says_that_vault_is_not_well(away: Stage) -> None:
    body = refusal_of(away.nobody.get("/readyz"), 503, "upstream_error")
    assert body["details"] == {"vault": ["unavailable"], "cache": ["ok"], "blawby": ["ok"]}


def test_readyz_says_that_the_service_cannot_log_in(new_stage: NewStage) -> None:
    """The server is well, and this app can do nothing with it."""
    stage = new_stage(vault_role_id="nobody-knows-this-role")
    body = refusal_of(stage.nobody.get("/readyz"), 503, "upstream_error")
    assert body["details"]["vault"] == ["unavailable"]


def test_readyz_says_that_the_shared_cache_is_not_well(deaf: Stage) -> None:
    body = refusal_of(deaf.nobody.get("/readyz"), 503, "upstream_error")
    assert body["details"] == {"vault": ["ok"], "cache": ["unavailable"], "blawby": ["ok"]}


def test_blawby_makes_nothing_unready(new_stage: NewStage) -> None:
    """Its state is told once calls have failed: the agent has its fallbacks."""
    stage = new_stage(blawby_api_url=f"http://127.0.0.1:{free_port()}")
    for _ in range(5):
        stage.team().with_key().ask()
    assert data_of(stage.nobody.get("/readyz")) == WELL | {"blawby": "unavailable"}


def test_metrics_are_not_served_to_the_public(nobody: Caller) -> None:
    assert nobody.get("/metrics").status_code == 404
