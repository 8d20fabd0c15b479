"""The world that is attacked: a team with a key, and everybody who has no business with it."""

from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest

from tests.attack.scene import Scene, turn
from tests.attack.walk import Callers, target
from tests.faults.gunicorn import Gunicorn
from tests.faults.tcp_proxy import TcpProxy
from tests.http.answers import data_of
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


@pytest.fixture(scope="module")
def gunicorn(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """The app as production serves it, for what no test client would send."""
    # Without rounds over the worklist: tests count the lines of Vault's audit log.
    with Gunicorn(service, tmp_path_factory.mktemp("gunicorn"), SWEEP_SECONDS="0") as server:
        canaries.watch(server.log)
        yield server


@pytest.fixture(scope="module")
def built(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with TcpProxy(service.vault.address) as proxy:
        cache = tmp_path_factory.mktemp("cache")
        # Longer than what a test does while it holds a request back, on a busy machine too.
        shaky = Stage(service, canaries, cache, vault_addr=(proxy.url,), vault_timeout=3.0)
        steady = Stage(service, canaries, cache)
        root = hvac.Client(service.vault.address, token=service.vault.root_token)
        # The service is logged in: from here on all requests are those of the change itself.
        data_of(shaky.nobody.post("/api/agent", json=turn(steady.team().with_key())))
        yield Scene(proxy, shaky, steady, root)


@pytest.fixture
def scene(built: Scene) -> Iterator[Scene]:
    yield built
    built.proxy.heal()
