"""Stages of their own for what one app cannot show alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import Canaries
from tests.rig import Caller, Service, Stage, TeamOnStage, new_ulid
from vault.ports import free_port

NewStage = Callable[..., Stage]


@pytest.fixture(scope="session")
def new_stage(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> NewStage:
    """Another app in this process; on another one's `cache_dir`, a fellow worker of it."""

    def make(cache_dir: Path | None = None, **settings: Any) -> Stage:
        directory = cache_dir or tmp_path_factory.mktemp("cache")
        return Stage(service, canaries, directory, **settings)

    return make


@pytest.fixture(scope="session")
def away(new_stage: NewStage) -> Stage:
    """An app whose Vault refuses every connection."""
    return new_stage(vault_addr=(f"http://127.0.0.1:{free_port()}",))


@pytest.fixture(scope="session")
def deaf(new_stage: NewStage) -> Stage:
    """An app whose shared cache refuses every connection."""
    return new_stage(cache_redis_url=f"redis://127.0.0.1:{free_port()}")


@pytest.fixture(scope="session")
def auditor(stage: Stage) -> Caller:
    return Caller(stage.client, stage.staff_token("auditor"))


@pytest.fixture
def fresh_teams(stage: Stage) -> list[TeamOnStage]:
    """Six teams without a key whose ids stand in a row, with none between."""
    first = new_ulid()[:-1]
    return [stage.team(team_id=f"{first}{digit}") for digit in "123456"]
