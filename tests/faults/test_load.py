"""Rows 1 and 2 of the faults: a steady load over many teams, and a spike of ten times that."""

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from bench.load import request
from tests.faults.gunicorn import Gunicorn
from tests.faults.paced_load import Outcome, paced
from tests.faults.sizes import report, size
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service, Stage, TeamOnStage

_A_TEAM = 2
"""Requests a second for each team."""
_SPIKE = 10
_INTAKES = 20
"""Of so many requests one finishes an intake, and is paid for."""


@pytest.fixture(scope="module")
def teams(stage: Stage) -> list[TeamOnStage]:
    return [stage.team().with_key() for _ in range(size("TEAMS", 20))]


@contextmanager
def serving(
    service: Service, canaries: Canaries, directory: Path, **environment: str
) -> Iterator[Gunicorn]:
    with Gunicorn(service, directory, WEB_CONCURRENCY="2", **environment) as server:
        yield server
    canaries.keep("gunicorn", server.log.read_bytes())


class Clients:
    """Everybody who chats with the teams, one team after the other."""

    def __init__(self, server: Gunicorn, teams: list[TeamOnStage]) -> None:
        self._port = int(server.url.rpartition(":")[2])
        self._teams = teams
        self._sessions, self._numbers = secrets.token_hex(4), count(1)
        self.payments: list[dict[str, str]] = []

    def come(self, times: int, seconds: int) -> Outcome:
        per_second = _A_TEAM * len(self._teams) * times
        number = per_second * seconds
        outcome = paced(self._port, (self._request() for _ in range(number)), per_second)
        assert outcome.statuses.total() == number
        self.payments += outcome.payments
        return outcome

    def _request(self) -> bytes:
        number = next(self._numbers)
        said = "Hello" if number % _INTAKES else COMPLETE
        body = {
            "teamId": self._teams[(number + number // _INTAKES) % len(self._teams)].team_id,
            "sessionId": f"{self._sessions}-{number}",
            "messages": [{"role": "user", "content": said}],
        }
        return request("POST", "/api/agent", body)


def invoices(sandbox: Sandbox, teams: list[TeamOnStage]) -> set[str]:
    ours = {team.ulid.lower() for team in teams}
    return {row["id"] for row in sandbox.admin("GET", "invoices") if row["team"].lower() in ours}


def test_row_01_a_steady_load(
    service: Service,
    canaries: Canaries,
    sandbox: Sandbox,
    teams: list[TeamOnStage],
    tmp_path: Path,
) -> None:
    before = invoices(sandbox, teams)
    with serving(service, canaries, tmp_path) as server:
        clients = Clients(server, teams)
        clients.come(1, 1)
        steady = clients.come(1, size("LOAD_SECONDS", 3))
    assert steady.statuses.keys() == {200}
    made = invoices(sandbox, teams) - before
    told = [payment["paymentId"] for payment in clients.payments]
    assert {payment["method"] for payment in clients.payments} == {"blawby_api"}
    assert Counter(map(str, told)) == Counter(map(str, made))
    report(f"row 1: {steady.statuses.total()} requests, all 200, p99 {steady.p99():.0f} ms")


def test_row_02_a_spike(
    service: Service,
    canaries: Canaries,
    sandbox: Sandbox,
    teams: list[TeamOnStage],
    tmp_path: Path,
) -> None:
    before = invoices(sandbox, teams)
    limit = {"AGENT_RATE_LIMIT": f"{2 * _A_TEAM}/second"}
    with serving(service, canaries, tmp_path, **limit) as server:
        clients = Clients(server, teams)
        began = time.monotonic()
        spike = clients.come(_SPIKE, size("SPIKE_SECONDS", 2))
        took = time.monotonic() - began
        assert spike.statuses.keys() <= {200, 429, 503}
        assert spike.statuses[200]
        assert spike.statuses[429]
        seconds = 1
        while clients.come(1, 1).statuses.keys() != {200}:
            seconds += 1
    made = invoices(sandbox, teams) - before
    told = [str(p["paymentId"]) for p in clients.payments if p["method"] == "blawby_api"]
    assert len(told) == len(set(told))
    assert set(told) <= set(map(str, made))
    report(f"row 2: {dict(spike.statuses)} in {took:.0f} s, normal again in second {seconds}")
