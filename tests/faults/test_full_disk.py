"""Row 53: the file system of the cache, of the metrics, or of both is full. No worker dies of it.

Row 38, the log's disk, is in test_vault_workers.py.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import requests

from tests.faults.gunicorn import Gunicorn, has_ended
from tests.faults.small_disk import SmallDisk
from tests.frozen import frozen
from tests.http.test_agent_checks import turn
from tests.rig import Service, Stage, TeamOnStage
from tests.serving.test_metrics import scraped
from tests.waiting import eventually
from vault.ports import free_port


@pytest.fixture
def disk(tmp_path: Path) -> SmallDisk:
    return SmallDisk(tmp_path / "small")


@pytest.fixture
def team(stage: Stage) -> TeamOnStage:
    return stage.team().with_key()


class Server:
    """An app whose cache, metrics or both lie on the small disk."""

    def __init__(self, gunicorn: Gunicorn, disk: SmallDisk, team: TeamOnStage, bind: str) -> None:
        self.gunicorn = gunicorn
        self.bind = bind
        self._disk = disk
        self._team = team

    def pids(self) -> list[int]:
        return [self.gunicorn.pid, *self.gunicorn.children()]

    def fills(self) -> None:
        self._disk.fill(self.pids())

    def has_room_again(self) -> None:
        self._disk.empty(self.pids())

    def restarts_workers_on_a_full_disk_without(self, *names: str) -> None:
        restart_workers_on_a_full_disk(self.gunicorn, self._disk, names)

    def serves(self) -> None:
        """Ten turns, each counted, each of a new session: none fails and no worker dies."""
        before = self.gunicorn.workers()
        for _ in range(10):
            body = turn(self._team.team_id, "Hello")
            answer = requests.post(f"{self.gunicorn.url}/api/agent", json=body, timeout=30)
            assert answer.status_code == 200, answer.text
            assert requests.get(f"{self.gunicorn.url}/healthz", timeout=30).status_code == 200
        assert self.gunicorn.workers() == before
        assert "SIGBUS" not in self.gunicorn.log.read_text()

    def restarts_workers(self) -> None:
        self.gunicorn.kill_workers()
        self.gunicorn.wait_ready()

    def readiness(self) -> int:
        return requests.get(f"{self.gunicorn.url}/readyz", timeout=30).status_code

    def says(self, words: str) -> bool:
        return words in self.gunicorn.log.read_text()


def restart_workers_on_a_full_disk(
    gunicorn: Gunicorn, disk: SmallDisk, without: Iterable[str]
) -> None:
    """Without the files of these names. The room of a removed file is free only when those who map
    it are gone."""
    for name in without:
        for file in disk.of(gunicorn.pid).glob(f"**/{name}"):
            file.unlink()
    with frozen(gunicorn.pid):
        before = gunicorn.workers()
        gunicorn.kill_workers()
        eventually(lambda: all(has_ended(pid) for pid in before))
        disk.fill([gunicorn.pid])
    gunicorn.wait_ready()


@pytest.fixture
def start(
    service: Service, disk: SmallDisk, team: TeamOnStage, tmp_path: Path
) -> Callable[..., Server]:
    def starting(*, cache: bool, metrics: bool) -> Server:
        bind = f"127.0.0.1:{free_port()}"
        small = str(tmp_path / "small")
        environ = {"METRICS_BIND": bind, "TMPDIR": small if metrics else str(tmp_path)}
        if cache:
            environ["CACHE_DIR"] = f"{small}/cache"
        gunicorn = Gunicorn(service, tmp_path, prefix=disk.prefix, **environ)
        return Server(gunicorn, disk, team, bind)

    return starting


@pytest.mark.parametrize(
    ("cache", "metrics"), [(True, False), (False, True), (True, True)], ids=str
)
def test_row_53_it_serves_on(start: Callable[..., Server], cache: bool, metrics: bool) -> None:
    """Filled after the start, and before any counter was used."""
    server = start(cache=cache, metrics=metrics)
    with server.gunicorn:
        server.fills()
        server.serves()
        server.restarts_workers()
        server.serves()
        assert scraped(server.bind)
        server.has_room_again()
        eventually(lambda: server.readiness() == 200)
        server.serves()


def test_row_53_workers_that_find_no_room_for_what_they_share(
    start: Callable[..., Server],
) -> None:
    server = start(cache=True, metrics=False)
    with server.gunicorn:
        server.serves()
        server.restarts_workers_on_a_full_disk_without("rates", "changes")
        server.serves()
        assert server.says("no room for a file that workers share")
        eventually(lambda: server.readiness() == 503)
        server.has_room_again()
        eventually(lambda: server.readiness() == 200)
        server.serves()
        eventually(lambda: server.says("a file is shared with the other workers again"))


def test_row_53_workers_that_find_no_room_for_their_metrics(
    start: Callable[..., Server],
) -> None:
    server = start(cache=False, metrics=True)
    with server.gunicorn:
        server.restarts_workers_on_a_full_disk_without("*.db")
        server.serves()
        eventually(lambda: server.says("serves without metrics"))
        server.has_room_again()
        eventually(lambda: server.says("metrics are written again"))
        server.serves()
        count = ("team_secrets_requests_total", "/api/agent")
        assert scraped(server.bind)[count] == 20
