"""Row 56: an instance that ends loses nothing, and says in time that it will."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.gunicorn import Gunicorn
from tests.http.test_agent_checks import turn
from tests.rig import Service, Stage
from tests.serving.balancer import Balancer
from tests.serving.client import Client
from tests.waiting import eventually
from vault.ports import free_port

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
TRAFFIC = GET.replace(b"/healthz", b"/readyz/traffic")
OK = {"success": True, "data": {"status": "ok"}}


@pytest.fixture
def body(stage: Stage) -> bytes:
    """A turn of a team that every instance knows."""
    return json.dumps(turn(stage.team().with_key().team_id, "Hello")).encode()


def instance(service: Service, directory: Path, port: int, **environ: str) -> Gunicorn:
    directory.mkdir(exist_ok=True)
    standard = {"WEB_CONCURRENCY": "2", "DRAIN_SECONDS": "1"}
    return Gunicorn(service, directory, bind=f"127.0.0.1:{port}", **standard | environ)


@pytest.fixture
def pair(service: Service, tmp_path: Path) -> Iterator[list[Gunicorn]]:
    instances = [instance(service, tmp_path / name, free_port()) for name in ("one", "two")]
    yield instances
    for each in instances:
        each.stop()


def test_row_56_each_of_two_ends_and_starts_in_turn(
    service: Service, pair: list[Gunicorn], body: bytes, tmp_path: Path
) -> None:
    balancer = Balancer(pair, body)
    try:
        for number in (0, 1, 0, 1):
            balancer.wait_for(200)
            ending = balancer.instances[number]
            ending.signal(signal.SIGTERM)
            assert ending.wait_stopped() == 0
            port = int(ending.url.rpartition(":")[2])
            directory = tmp_path / f"next-{balancer.answered}"
            balancer.instances[number] = pair[number] = instance(service, directory, port)
            balancer.wait_for(200)
    finally:
        balancer.stop()
    assert balancer.lost == []


def test_row_56_reloads_lose_nothing(pair: list[Gunicorn], body: bytes) -> None:
    balancer = Balancer(pair[:1], body)
    try:
        for _ in range(3):
            balancer.wait_for(100)
            before = set(pair[0].workers())
            pair[0].signal(signal.SIGHUP)
            while before & set(pair[0].workers()):
                time.sleep(0.05)
        balancer.wait_for(100)
    finally:
        balancer.stop()
    assert balancer.lost == []


def test_row_56_an_upgrade_loses_nothing(
    service: Service, pair: list[Gunicorn], body: bytes
) -> None:
    """USR2, then TERM of the old master. Started as `python -m gunicorn`, it failed."""
    (old,) = pair[:1]
    balancer = Balancer([old], body)
    try:
        balancer.wait_for(100)
        old.signal(signal.SIGUSR2)
        while not (started := masters_started(old)) or len(started) < 2:
            time.sleep(0.05)
        balancer.wait_for(100)
        old.signal(signal.SIGTERM)
        assert old.wait_stopped() == 0
        assert "draining" not in events(old)
        balancer.wait_for(100)
    finally:
        balancer.stop()
        os.kill(started[-1], signal.SIGTERM)
    assert balancer.lost == []
    eventually(lambda: not Path(f"/proc/{started[-1]}").exists())


def lines(gunicorn: Gunicorn) -> list[dict[str, object]]:
    return [json.loads(line) for line in gunicorn.log.read_text().splitlines()]


def events(gunicorn: Gunicorn) -> list[object]:
    return [line["event"] for line in lines(gunicorn)]


def masters_started(gunicorn: Gunicorn) -> list[int]:
    return [int(str(line["process"])) for line in lines(gunicorn) if line["event"] == "started"]


def test_it_says_that_it_ends_and_serves_on(service: Service, tmp_path: Path) -> None:
    with instance(service, tmp_path, free_port(), DRAIN_SECONDS="300") as gunicorn:
        with Client(gunicorn) as kept:
            assert json.loads(kept.send(TRAFFIC).answer().body) == OK
            gunicorn.signal(signal.SIGTERM)
            while requests.get(f"{gunicorn.url}/readyz/traffic", timeout=10).status_code == 200:
                time.sleep(0.02)
            told = requests.get(f"{gunicorn.url}/readyz/traffic", timeout=10)
            assert told.status_code == 503
            assert told.json().keys() == {"success", "error", "errorCode", "requestId"}
            last = kept.send(GET).answer()
            assert (last.status, last.headers["connection"]) == (200, "close")
        for path in ("/healthz", "/readyz"):
            for _ in range(10):
                answer = requests.get(f"{gunicorn.url}{path}", timeout=10)
                assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
        gunicorn.kill_workers()
        gunicorn.wait_ready()
        assert requests.get(f"{gunicorn.url}/readyz/traffic", timeout=10).status_code == 503
        gunicorn.signal(signal.SIGTERM)
        assert gunicorn.wait_stopped() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_who_wants_it_to_stop_at_once_need_not_wait(
    service: Service, tmp_path: Path, number: signal.Signals
) -> None:
    with instance(service, tmp_path, free_port(), DRAIN_SECONDS="300") as gunicorn:
        gunicorn.signal(number)
        assert gunicorn.wait_stopped() == 0


def test_a_reload_does_not_look_like_an_end(service: Service, tmp_path: Path) -> None:
    with instance(service, tmp_path, free_port()) as gunicorn:
        before = set(gunicorn.workers())
        gunicorn.signal(signal.SIGHUP)
        while before & set(gunicorn.workers()):
            answer = requests.get(f"{gunicorn.url}/readyz/traffic", timeout=10)
            assert answer.json() == OK
        assert requests.get(f"{gunicorn.url}/readyz/traffic", timeout=10).json() == OK
