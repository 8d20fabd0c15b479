"""Fixtures for all tests: real parts once a session, teams and callers as each test needs them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest
from hypothesis import HealthCheck, settings

from tests.described import undescribed
from tests.leaks import Canaries
from tests.odd_server import OddServer
from tests.rig import Caller, NewStage, Sandbox, Service, Stage, TeamOnStage
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.ports import free_port

# No test is a stopwatch: a busy machine must not fail one.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
_captured: list[Canaries] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test wrote on standard output and error is searched for keys, too."""
    for canaries in _captured:
        canaries.keep("output", (report.capstdout + report.capstderr).encode())


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    """Searches, after the last test, everything that left the app for any test key."""
    canaries = Canaries(tmp_path_factory.mktemp("leaks"))
    _captured.append(canaries)
    yield canaries
    assert canaries.sightings() == []


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedVault]:
    """A Vault as production has it: started, unsealed, bootstrapped."""
    with EmbeddedVault(Path(tmp_path_factory.mktemp("vault"))) as server:
        bootstrap(hvac.Client(server.address, token=server.root_token))
        yield server


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def service(
    vault: EmbeddedVault, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Service:
    credentials = tmp_path_factory.mktemp("credentials")
    root = hvac.Client(vault.address, token=vault.root_token)
    issue(root, bootstrap(root), credentials)
    return Service(
        vault,
        (credentials / "role-id").read_text().strip(),
        (credentials / "secret-id").read_text().strip(),
        sandbox.url,
    )


@pytest.fixture(scope="session")
def stage(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """At the end every failure that any test saw has to be in the API's description."""
    stage = Stage(service, canaries, tmp_path_factory.mktemp("cache"))
    yield stage
    assert undescribed(stage.nobody.get("/openapi.json").json) == []


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
def puzzled(new_stage: NewStage) -> Iterator[Stage]:
    """An app whose Vault refuses every request in words that no adapter knows."""
    with OddServer() as server:
        yield new_stage(vault_addr=(server.url,))


@pytest.fixture
def operator(stage: Stage) -> Caller:
    return stage.operator


@pytest.fixture
def nobody(stage: Stage) -> Caller:
    return stage.nobody


@pytest.fixture
def team(stage: Stage) -> TeamOnStage:
    """A team of this test's own, without a key."""
    return stage.team()


@pytest.fixture(scope="session")
def acme(stage: Stage) -> TeamOnStage:
    """The team of alice and bob."""
    return stage.team().with_key()


@pytest.fixture(scope="session")
def rival(stage: Stage) -> TeamOnStage:
    """The team of charlie."""
    return stage.team().with_key()


@pytest.fixture(scope="session")
def alice(acme: TeamOnStage) -> Caller:
    return acme.member()


@pytest.fixture(scope="session")
def bob(acme: TeamOnStage) -> Caller:
    return acme.member()


@pytest.fixture(scope="session")
def charlie(rival: TeamOnStage) -> Caller:
    return rival.member()
