"""The metrics of all workers, from a process that knows no more than it has to."""

import math
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.gunicorn import Gunicorn, command_of
from tests.leaks import Canaries
from tests.moved import expected, saw
from tests.rig import Service
from tests.waiting import eventually, takes_connections
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
        while not takes_connections(bind):
            assert Path(f"/proc/{exposition(gunicorn)}").exists()
            time.sleep(0.05)
        yield gunicorn


def exposition(gunicorn: Gunicorn) -> int:
    """Its process id, as soon as there is one."""
    while True:
        for pid in gunicorn.children():
            if b"serving.exposition" in command_of(pid):
                return pid
        time.sleep(0.02)


def metric_directory(gunicorn: Gunicorn) -> Path:
    environ = Path(f"/proc/{exposition(gunicorn)}/environ").read_bytes().split(b"\0")
    (found,) = [e.partition(b"=")[2] for e in environ if e.startswith(b"PROMETHEUS_")]
    return Path(found.decode())


def scraped(bind: str) -> dict[tuple[str, str], float]:
    text = requests.get(f"http://{bind}/metrics", timeout=30).text
    saw(text)
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


@pytest.mark.parametrize("path", ["", "/", "/metrics/", "/anything", "/favicon.ico"])
def test_metrics_are_at_their_path_alone(gunicorn: Gunicorn, bind: str, path: str) -> None:
    answer = requests.get(f"http://{bind}{path}", timeout=30)
    assert (answer.status_code, answer.text) == (404, "The metrics are at /metrics.\n")
    assert requests.get(f"http://{bind}/metrics?name[]=x", timeout=30).status_code == 200


def test_a_worker_that_died_is_still_counted(gunicorn: Gunicorn, bind: str) -> None:
    count = ("team_secrets_requests_total", "/docs")
    requests.get(f"{gunicorn.url}/docs", timeout=5)
    told = scraped(bind)[count]
    workers = set(gunicorn.workers())
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not (workers & set(gunicorn.workers())))
    gunicorn.wait_ready()
    assert scraped(bind)[count] == told


def test_a_worker_that_died_is_a_lost_one_and_a_reloaded_one_is_not(
    gunicorn: Gunicorn, bind: str
) -> None:
    count = ("team_secrets_workers_lost_total", "")
    before, workers = scraped(bind)[count], set(gunicorn.workers())
    gunicorn.signal(signal.SIGHUP)
    eventually(lambda: not workers & set(gunicorn.workers()))
    assert scraped(bind)[count] == before
    os.kill(gunicorn.workers()[0], signal.SIGKILL)
    eventually(lambda: scraped(bind)[count] == before + 1)
    gunicorn.wait_ready()


def test_every_label_value_is_there_from_the_start(gunicorn: Gunicorn, bind: str) -> None:
    there = set()
    for family in text_string_to_metric_families(
        requests.get(f"http://{bind}/metrics", timeout=30).text
    ):
        there.add((family.name, "", ""))
        for sample in family.samples:
            there |= {(family.name, *label) for label in sample.labels.items()}
    # Which engine there is depends on a setting, and other tests of this process have set it.
    as_they_occur = {
        *("team_secrets_requests", "team_secrets_request_seconds", "team_secrets_engine_info"),
    }
    assert {mark for mark in expected() if mark[0] not in as_they_occur} <= there


def test_threads_and_expiries_of_all_workers(gunicorn: Gunicorn, bind: str) -> None:
    """The master's numbers count as well: they must not be the least or the most."""
    eventually(lambda: scraped(bind)["team_secrets_threads_allowed", ""] == WORKERS * 64)
    requests.get(f"{gunicorn.url}/readyz", timeout=5)
    now, found = time.time(), scraped(bind)
    assert now < found["team_secrets_service_token_expiry_timestamp_seconds", ""] < now + 86_400
    assert found["team_secrets_certificate_expiry_timestamp_seconds", ""] == math.inf
    assert 0 < now - found["team_secrets_start_time_seconds", ""] < 3600
    for _ in range(20):
        requests.get(f"{gunicorn.url}/healthz", timeout=5)
    eventually(lambda: _asked(gunicorn) and scraped(bind)["team_secrets_threads_busy", ""] >= 1)


def _asked(gunicorn: Gunicorn) -> bool:
    return requests.get(f"{gunicorn.url}/healthz", timeout=5).ok


def test_it_is_given_no_secret(gunicorn: Gunicorn, service: Service) -> None:
    environ = Path(f"/proc/{exposition(gunicorn)}/environ").read_bytes()
    assert b"PROMETHEUS_MULTIPROC_DIR=" in environ
    assert b"VAULT" not in environ
    assert service.secret_id.encode() not in environ


def test_it_is_started_again_when_it_dies(gunicorn: Gunicorn, bind: str) -> None:
    """Row 64. No scrape is refused meanwhile: the master keeps the port."""
    killed = exposition(gunicorn)
    os.kill(killed, signal.SIGKILL)
    assert scraped(bind)
    assert exposition(gunicorn) != killed


def test_a_removed_directory_fails_no_request_and_comes_back(gunicorn: Gunicorn, bind: str) -> None:
    """Row 64, with workers that come later and a HUP on the way."""
    count = ("team_secrets_requests_total", "/docs/assets/<path:name>")
    shutil.rmtree(metric_directory(gunicorn))
    before = set(gunicorn.workers())
    gunicorn.signal(signal.SIGHUP)
    while before & set(gunicorn.workers()):
        assert requests.get(f"{gunicorn.url}/healthz", timeout=5).status_code == 200
    for _ in range(20):
        requests.get(f"{gunicorn.url}/docs/assets/nothing", timeout=5)
    eventually(lambda: scraped(bind).get(count) == 20)


def test_files_do_not_grow_with_workers_that_come_and_go(gunicorn: Gunicorn, bind: str) -> None:
    count = ("team_secrets_requests_total", "/openapi.json")
    asked = scraped(bind).get(count, 0)
    for _ in range(12):
        for pid in set(gunicorn.workers()):
            os.kill(pid, signal.SIGKILL)
        gunicorn.wait_ready()
        requests.get(f"{gunicorn.url}/openapi.json", timeout=5)
        asked += 1
    assert scraped(bind)[count] == asked
    slots = {file.stem.rpartition("_")[2] for file in metric_directory(gunicorn).glob("*.db")}
    assert slots <= {"master", *map(str, range(2 * WORKERS))}


def test_it_goes_with_the_master(gunicorn: Gunicorn) -> None:
    """Also after a HUP, which makes gunicorn forget what gunicorn.conf.py knew."""
    pid, directory = exposition(gunicorn), metric_directory(gunicorn)
    assert directory.is_dir()
    gunicorn.signal(signal.SIGHUP)
    gunicorn.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert not directory.exists()


def test_what_a_killed_master_left_is_removed_by_the_next(service: Service, tmp_path: Path) -> None:
    environ = {"METRICS_BIND": f"127.0.0.1:{free_port()}", "TMPDIR": str(tmp_path)}
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    for directory in (first, second, third):
        directory.mkdir()
    with Gunicorn(service, first, **environ) as killed:
        left = metric_directory(killed)
        for pid in (killed.pid, *killed.children()):
            os.kill(pid, signal.SIGKILL)
        killed.wait_stopped()
    assert left.is_dir()
    with (
        Gunicorn(service, second, **environ) as one,
        Gunicorn(service, third, **environ | {"METRICS_BIND": f"127.0.0.1:{free_port()}"}) as two,
    ):
        assert not left.exists()
        assert metric_directory(one).is_dir()
        assert metric_directory(two).is_dir()
    assert list(tmp_path.glob("team-secrets-metric*")) == []


def test_a_port_that_is_taken_ends_the_start(service: Service, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(AssertionError, match="METRICS_BIND cannot be listened on") as refusal:
            Gunicorn(service, tmp_path, METRICS_BIND=bind, TMPDIR=str(tmp_path))
    assert "Traceback" not in str(refusal.value)
    assert list(tmp_path.glob("*team-secrets-metric*")) == []


def test_ipv6_and_a_file_that_names_it(service: Service, tmp_path: Path) -> None:
    (tmp_path / "bind").write_text(f"[::1]:{free_port()}\n")
    environ = {"METRICS_BIND_FILE": str(tmp_path / "bind")}
    with Gunicorn(service, tmp_path, **environ):
        assert scraped((tmp_path / "bind").read_text().strip())
