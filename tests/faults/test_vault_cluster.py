"""Rows 8, 9 and 11 of the faults: a cluster of three loses its leader, or finds two of them."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import hvac
import pytest
import requests

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.session import ServiceLogin
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.errors import VaultUnavailable
from app.schemas.stored_config import read_config
from tests.faults import tcp_proxy as tcp
from tests.faults.conftest import NewVaultStage
from tests.faults.sent_keys import Payer, digest, rotate
from tests.faults.sizes import report, size
from tests.faults.vault_proxy import answers, redirects
from tests.faults.vault_stage import is_vault_away, warm_up
from tests.frozen import frozen
from tests.leaks import Canaries
from tests.rig import Sandbox, Service, Stage, TeamOnStage
from tests.waiting import eventually
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault

_WRITERS = 6


@pytest.fixture(scope="module")
def cluster(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    directory = tmp_path_factory.mktemp("cluster")
    with EmbeddedVault(directory / "vault", nodes=3) as vault:
        root = root_of(vault)
        issue(root, bootstrap(root), directory)
        role_id, secret_id = ((directory / name).read_text() for name in ("role-id", "secret-id"))
        yield Service(vault, role_id.strip(), secret_id.strip(), sandbox.url)


@pytest.fixture
def stage(cluster: Service, canaries: Canaries, tmp_path: Path) -> Stage:
    return Stage(cluster, canaries, tmp_path, config_cache_ttl=1)


def root_of(vault: EmbeddedVault) -> hvac.Client:
    return hvac.Client(vault.addresses[vault.wait_active() - 1], token=vault.root_token)


def rejoin(vault: EmbeddedVault, number: int) -> None:
    """Returns when each node answers, by itself or through the leader."""
    vault.start_node(number)
    for address in vault.addresses:
        client = hvac.Client(address, token=vault.root_token)
        while True:
            with suppress(hvac.exceptions.VaultError, requests.RequestException):
                client.auth.token.lookup_self()
                break
            time.sleep(0.05)


class Writer:
    """Replaces one team's key as fast as it can, and keeps what was acknowledged."""

    def __init__(self, team: TeamOnStage) -> None:
        self.team = team
        self.acknowledged: dict[int, str] = {}
        self.at: list[float] = []
        self.refused = 0

    def write(self) -> None:
        new = self.team.new_key()
        answer = self.team.stage.operator.put(self.team.secret, json=new)
        if answer.status_code in {200, 201}:
            version = answer.json["data"]["version"]
            assert version not in self.acknowledged
            self.acknowledged[version] = new["apiKey"]
            self.at.append(time.monotonic())
        else:
            assert is_vault_away(answer)
            self.refused += 1

    def assert_nothing_lost(self, root: hvac.Client) -> None:
        """Vault keeps ten versions; that none of the older ones was lost shows by their numbers,
        which no other write was given."""
        path = f"teams/metadata/{self.team.team_id}/blawby_api"
        metadata = root.read(path)["data"]
        assert metadata["current_version"] >= max(self.acknowledged)
        for version in map(int, metadata["versions"]):
            if version in self.acknowledged:
                kept = root.secrets.kv.v2.read_secret_version(
                    f"{self.team.team_id}/blawby_api",
                    version=version,
                    mount_point="teams",
                    raise_on_deleted_version=True,
                )
                assert kept["data"]["data"]["api_key"] == self.acknowledged[version]


@contextmanager
def running(work: Callable[[], None], threads: int) -> Iterator[None]:
    """The work over and over, in so many threads, until the block ends."""
    ends = threading.Event()

    def repeat(_: int) -> None:
        while not ends.is_set():
            work()

    with ThreadPoolExecutor(threads) as pool:
        under_way = pool.map(repeat, range(threads))
        try:
            yield
        finally:
            ends.set()
        list(under_way)


def test_row_08_the_leader_is_killed_under_writes(cluster: Service, stage: Stage) -> None:
    writers = [Writer(stage.team()) for _ in range(_WRITERS)]
    wanted = size("WRITES", 200)

    def write_until(number: int) -> None:
        while sum(len(writer.acknowledged) for writer in writers) < number:
            for _ in range(5):
                mine.writer.write()

    mine = threading.local()
    queue = iter(writers)

    def take_one() -> None:
        mine.writer = next(queue)

    with ThreadPoolExecutor(_WRITERS, initializer=take_one) as pool:
        before = [pool.submit(write_until, wanted // 2) for _ in writers]
        for done in before:
            done.result()
        leader = cluster.vault.wait_active()
        during = [pool.submit(write_until, wanted) for _ in writers]
        cluster.vault.kill(leader)
        killed = time.monotonic()
        for done in during:
            done.result()
    times = sorted(at for writer in writers for at in writer.at if at > killed - 1)
    gap = max(after - before for before, after in pairwise(times))
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    refused = sum(writer.refused for writer in writers)
    report(
        f"row 8: {gap:.1f} s without a write, {acknowledged} acknowledged and none lost, "
        f"{refused} refused"
    )
    rejoin(cluster.vault, leader)
    for writer in writers:
        writer.assert_nothing_lost(root_of(cluster.vault))


def source_of(cluster: Service, first: int = 1) -> VaultTeamSource:
    """What resolution reads through, beginning at one of the nodes."""
    addresses = cluster.vault.addresses
    vault = VaultAddresses((*addresses[first - 1 :], *addresses[: first - 1]), 1.0, None)
    login = ServiceLogin(vault, AppRoleLogin(cluster.role_id, SecretString(cluster.secret_id)))
    return VaultTeamSource(login, AgentTokens(login, vault, "teams"), "teams", read_config)


def test_row_09_no_node_denies_what_was_acknowledged(cluster: Service, stage: Stage) -> None:
    """Each write is looked for at once, beginning at each node, before, in and after an election:
    there may be no answer for a while, but never "none" and never an older one."""
    sources = [source_of(cluster, first) for first in (1, 2, 3)]
    team = stage.team()
    seen: list[int] = []
    away = 0
    lock = threading.Lock()

    def write_and_look() -> None:
        nonlocal away
        with lock:
            answer = stage.operator.put(team.secret, json=team.new_key())
            if answer.status_code == 503:
                away += 1
                return
            version = answer.json["data"]["version"]
            for source in sources:
                try:
                    source.read_team(TeamId(team.team_id))
                    key = source.read_key(TeamId(team.team_id))
                except VaultUnavailable:
                    away += 1
                else:
                    assert key
                    assert key.version >= version
                    seen.append(key.version)

    leader = cluster.vault.wait_active()
    with running(write_and_look, threads=1):
        time.sleep(0.5)
        cluster.vault.kill(leader)
        cluster.vault.wait_active()
        written = len(seen)
        rejoin(cluster.vault, leader)
        eventually(lambda: len(seen) >= written + 45)
    report(f"row 9: {len(seen)} reads, none of them a denial; {away} times no answer")


def test_row_09_a_false_404_is_forgotten_within_a_second(behind_proxy: NewVaultStage) -> None:
    stage = behind_proxy(config_cache_ttl=300)
    stage.proxy.always("/blawby_api", answers(404))
    assert payment(stage.cold) == ("fallback_link", "no_key")
    stage.proxy.heal()
    time.sleep(1.1)
    assert payment(stage.cold) == ("blawby_api", None)


def test_row_09_a_false_404_of_a_team_is_forgotten_too(behind_proxy: NewVaultStage) -> None:
    stage = behind_proxy(config_cache_ttl=300)
    stage.proxy.always("/config", answers(404))
    assert stage.cold.ask("Hello").status_code == 404
    assert stage.stage.operator.get("/api/teams?limit=1").status_code == 200
    stage.proxy.heal()
    time.sleep(1.1)
    warm_up(stage.cold)


def payment(team: TeamOnStage) -> tuple[str, str | None]:
    told: dict[str, Any] = team.ask().json["data"]["payment"]
    return told["method"], told["reason"]


def test_row_11_a_frozen_leader(
    cluster: Service, stage: Stage, canaries: Canaries, payer: Payer, tmp_path: Path
) -> None:
    """Let go, it takes itself for the leader for some more milliseconds, and answers with what it
    knew. A worker that comes to it just then hears from the generation what to expect."""
    leader = cluster.vault.wait_active()
    old = cluster.vault.addresses[leader - 1]
    others = [address for address in cluster.vault.addresses if address != old]
    loyal = Stage(cluster, canaries, tmp_path, vault_addr=(old, *others))
    team = stage.team()
    first, _ = rotate(team, stage)
    assert payer.key_of(team, loyal) == payer.key_of(team, stage) == first
    with frozen(cluster.vault.pid(leader)):
        began = time.monotonic()
        new = team.new_key()
        while (answer := stage.operator.put(team.secret, json=new)).status_code != 200:
            assert is_vault_away(answer)
        report(f"row 11: written {time.monotonic() - began:.1f} s after the leader froze")
        time.sleep(size("FROZEN_SECONDS", 1))
    assert payer.key_of(team, loyal) in {digest(new["apiKey"]), None}
    assert payer.key_of(team, stage) in {digest(new["apiKey"]), None}
    eventually(lambda: payer.key_of(team, loyal) == digest(new["apiKey"]))
    version = answer.json["data"]["version"]
    eventually(lambda: version_of(loyal, team) == version)
    assert {version_of(loyal, team) for _ in range(50)} == {version}


def version_of(stage: Stage, team: TeamOnStage) -> int | None:
    """As the status tells it, None where Vault is away."""
    answer = stage.operator.get(team.secret)
    return answer.json["data"]["version"] if answer.status_code == 200 else None


def test_row_11_two_that_send_to_each_other(behind_proxy: NewVaultStage) -> None:
    """Each takes the other for the leader: nobody runs after them."""
    one, other = behind_proxy(), behind_proxy()
    lost = behind_proxy(vault_addr=(one.proxy.url, other.proxy.url))
    one.proxy.always("/v1/", redirects(lambda: f"{other.proxy.url}/v1/sys/health"))
    other.proxy.always("/v1/", redirects(lambda: f"{one.proxy.url}/v1/sys/health"))
    before = len(one.proxy.exchanges) + len(other.proxy.exchanges)
    assert is_vault_away(lost.cold.ask("Hello"))
    assert len(one.proxy.exchanges) + len(other.proxy.exchanges) <= before + 4
    assert is_vault_away(lost.stage.operator.get(lost.cold.secret))
    assert is_vault_away(lost.stage.operator.put(lost.cold.secret, json=lost.cold.new_key()))
    other.proxy.heal()
    lost.recovers()


def test_row_11_writes_leave_a_node_that_is_silent(
    behind_proxy: NewVaultStage, service: Service
) -> None:
    """A write that nobody answered is not sent to another one blindly; the next begins there."""
    silent = behind_proxy()
    addresses = (silent.proxy.url, service.vault.address)
    stage = behind_proxy(vault_addr=addresses, vault_timeout=5.0)
    silent.proxy.always("/v1/", tcp.is_silent)
    answers = [
        stage.stage.operator.put(stage.cold.secret, json=stage.cold.new_key()) for _ in range(3)
    ]
    assert is_vault_away(answers[0])
    assert answers[-1].status_code == 200
