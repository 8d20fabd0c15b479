"""What the shipped nginx does with a request whose instance dies before it has answered."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.gunicorn import Gunicorn
from tests.proxy.nginx import nginx
from tests.rig import COMPLETE, Sandbox, Service, Stage, TeamOnStage, faults_end
from tests.scripted_server import ScriptedServer
from tests.waiting import eventually
from vault.ports import free_port

TURNS = [("POST", "/api/agent"), ("POST", "/api/agent/stream")]
READS = [("GET", "/api/team-secrets/x"), ("HEAD", "/readyz")]
# Somebody's first key would be a conflict the second time.
OTHERS = [
    ("POST", "/api/team-secrets"),
    ("POST", "/api/agents"),
    ("POST", "/api/agent/"),
    ("PATCH", "/api/teams/x"),
]

no_fault_is_left = pytest.fixture(autouse=True)(faults_end)


@pytest.fixture(params=[False, True], ids=["as ever", "while the names change"])
def changes(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def dying() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda seen: None) as server:
        yield server


@pytest.fixture
def well() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda seen: (200, b"")) as server:
        yield server


@pytest.mark.parametrize(("method", "path"), [*TURNS, *READS])
def test_a_turn_and_a_read_go_to_the_other_one(
    method: str,
    path: str,
    changes: bool,
    dying: ScriptedServer,
    well: ScriptedServer,
    tmp_path: Path,
) -> None:
    with nginx(tmp_path, dying.url, well.url, changes=changes) as url:
        answer = requests.request(method, url + path, data=b"said", timeout=30)
    assert answer.status_code == 200
    sent = [(seen.method, seen.path, seen.body) for seen in (*dying.seen, *well.seen)]
    assert sent == [(method, path, b"said")] * 2


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_nothing_else_is_sent_twice(
    method: str,
    path: str,
    changes: bool,
    dying: ScriptedServer,
    well: ScriptedServer,
    tmp_path: Path,
) -> None:
    with nginx(tmp_path, dying.url, well.url, changes=changes) as url:
        answer = requests.request(method, url + path, timeout=30)
    assert (answer.status_code, answer.json()["errorCode"]) == (502, "upstream_error")
    assert dying.paths() == [path]
    assert well.seen == []


@pytest.mark.parametrize(("method", "path"), [*TURNS, *READS, *OTHERS])
def test_what_was_not_sent_goes_to_the_other_one(
    method: str, path: str, changes: bool, well: ScriptedServer, tmp_path: Path
) -> None:
    """The first one takes no connection."""
    closed = f"http://127.0.0.1:{free_port()}"
    with nginx(tmp_path, closed, well.url, changes=changes) as url:
        _is_served(well, method, url, path)


@pytest.mark.parametrize(("method", "path"), [("GET", "/readyz"), ("DELETE", "/api/teams/x")])
def test_what_waits_in_vain_for_a_connection_goes_to_the_other_one(
    method: str, path: str, changes: bool, well: ScriptedServer, tmp_path: Path
) -> None:
    """As on the address of a machine that has gone."""
    with _silent() as gone, nginx(tmp_path, gone, well.url, changes=changes) as url:
        _is_served(well, method, url, path)


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/agent"), ("DELETE", "/api/teams/x")])
def test_where_all_die_the_client_hears_so(
    method: str, path: str, changes: bool, dying: ScriptedServer, tmp_path: Path
) -> None:
    with nginx(tmp_path, dying.url, changes=changes) as url:
        answer = requests.request(method, url + path, timeout=30)
    assert (answer.status_code, answer.json()["errorCode"]) == (502, "upstream_error")
    assert answer.headers["Retry-After"] == "5"
    assert len(dying.seen) <= 2


def test_an_instance_killed_while_it_bills_costs_no_answer_and_no_second_invoice(
    service: Service, stage: Stage, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Blawby has the invoice and holds its answer back until the instance is gone."""
    team = stage.team().with_key()
    fault = {"call": "invoice", "kind": "slow", "when": "after", "seconds": 20, "times": 1}
    sandbox.admin("POST", "faults", json=fault)
    answers: list[requests.Response] = []
    with (
        _instance(service, tmp_path / "first") as first,
        _instance(service, tmp_path / "second") as second,
        nginx(tmp_path, first.url, second.url) as url,
    ):
        client = threading.Thread(target=lambda: answers.append(_turn(url, team)))
        client.start()
        eventually(lambda: _invoices(sandbox, team) != [])
        _kill(first)
        client.join()
        (answer,) = answers
        again = _turn(url, team)
    assert answer.status_code == again.status_code == 200
    said, repeated = answer.json()["data"], again.json()["data"]
    assert said["workflow"] == "matter_created"
    assert said["payment"]["method"] in {"pending", "blawby_api"}
    assert repeated["matter"]["matterId"] == said["matter"]["matterId"]
    assert len(_invoices(sandbox, team)) == 1


def _is_served(well: ScriptedServer, method: str, url: str, path: str) -> None:
    assert requests.request(method, url + path, timeout=30).status_code == 200
    assert well.paths() == [path]


@contextmanager
def _silent() -> Iterator[str]:
    """An address that does not answer: its queue is full, and nobody takes anything out of it."""
    with ExitStack() as opened:
        server = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _instance(service: Service, directory: Path) -> Gunicorn:
    directory.mkdir()
    return Gunicorn(service, directory)


def _kill(instance: Gunicorn) -> None:
    """The master first, so that it starts no other worker."""
    workers = instance.workers()
    instance.signal(signal.SIGKILL)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


def _turn(url: str, team: TeamOnStage) -> requests.Response:
    body = {"teamId": team.team_id, "messages": [{"role": "user", "content": COMPLETE}]}
    return requests.post(f"{url}/api/agent", json=body, timeout=60)


def _invoices(sandbox: Sandbox, team: TeamOnStage) -> list[dict[str, Any]]:
    ours = team.ulid.lower()
    return [row for row in sandbox.admin("GET", "invoices") if row["team"].lower() == ours]
