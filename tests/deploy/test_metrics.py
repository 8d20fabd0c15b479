"""The metrics of all workers, from a process that knows no more than it has to."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import Service
from vault.ports import free_port

WORKERS = 2


@pytest.fixture(scope="module")
def bind() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def gunicorn(
    service: Service, canaries: Canaries, bind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    directory = tmp_path_factory.mktemp("metrics")
    canaries.watch(directory)
    environ = {"METRICS_BIND": bind, "WEB_CONCURRENCY": str(WORKERS)}
    with Gunicorn(service, directory, **environ) as gunicorn:
        while not answers(bind):
            assert Path(f"/proc/{exposition(gunicorn)}").exists()
            time.sleep(0.05)
        yield gunicorn


def answers(bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    with socket.socket() as attempt:
        return attempt.connect_ex((host, int(port))) == 0


def exposition(gunicorn: Gunicorn) -> int:
    """Its process id."""
    of = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in gunicorn.workers()}
    (found,) = [pid for pid, command in of.items() if b"deploy/metrics.py" in command]
    return found


def scraped(bind: str) -> dict[tuple[str, str], float]:
    text = requests.get(f"http://{bind}/metrics", timeout=5).text
    return {
        (sample.name, sample.labels.get("route", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_requests_of_all_workers_are_counted_together(gunicorn: Gunicorn, bind: str) -> None:
    count = ("team_secrets_requests_total", "/openapi.json")
    before = scraped(bind).get(count, 0)
    for _ in range(20):
        # Each on a connection of its own, which either worker may take.
        requests.get(f"{gunicorn.url}/openapi.json", timeout=5)
    assert scraped(bind)[count] == before + 20


def test_a_worker_that_died_is_still_counted(gunicorn: Gunicorn, bind: str) -> None:
    count = ("team_secrets_requests_total", "/docs")
    requests.get(f"{gunicorn.url}/docs", timeout=5)
    told = scraped(bind)[count]
    workers = set(gunicorn.workers()) - {exposition(gunicorn)}
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    while workers & set(gunicorn.workers()):
        time.sleep(0.02)
    gunicorn.wait_ready()
    assert scraped(bind)[count] == told


def test_it_is_given_no_secret(gunicorn: Gunicorn, service: Service) -> None:
    environ = Path(f"/proc/{exposition(gunicorn)}/environ").read_bytes()
    assert b"PROMETHEUS_MULTIPROC_DIR=" in environ
    assert b"VAULT" not in environ
    assert service.secret_id.encode() not in environ


def test_it_goes_with_the_master(gunicorn: Gunicorn) -> None:
    pid = exposition(gunicorn)
    environ = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    (directory,) = [e.partition(b"=")[2] for e in environ if e.startswith(b"PROMETHEUS_")]
    assert Path(directory.decode()).is_dir()
    gunicorn.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(directory.decode()).exists()
