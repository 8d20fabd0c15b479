"""The world that is attacked: a team with a key, and everybody who has no business with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.walk import Callers, target
from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import Service, Stage, TeamOnStage


@pytest.fixture(scope="session")
def callers(stage: Stage, rival: TeamOnStage) -> Callers:
    return Callers(stage, rival)


@pytest.fixture(scope="session")
def attacked(stage: Stage) -> TeamOnStage:
    return target(stage)


@pytest.fixture
def workers(service: Service, canaries: Canaries, tmp_path: Path) -> tuple[Stage, Stage]:
    """Two workers of one machine: apps that share the cache's directory and nothing else."""
    return Stage(service, canaries, tmp_path / "cache"), Stage(
        service, canaries, tmp_path / "cache"
    )


@pytest.fixture(scope="package")
def gunicorn(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """The app as production serves it, for what no test client would send."""
    unlimited = {"LOGIN_RATE_LIMIT": "100000/minute", "AGENT_RATE_LIMIT": "100000/minute"}
    with Gunicorn(service, tmp_path_factory.mktemp("gunicorn"), **unlimited) as server:
        canaries.watch(server.log)
        yield server
