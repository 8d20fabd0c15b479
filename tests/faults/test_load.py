"""Rows 1 and 2 of the faults: a steady load over many teams, and a spike of ten times that."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from bench.load import request
from tests.faults.gunicorn import PATIENCE, Gunicorn
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


Serving = Callable[..., AbstractContextManager[Clients]]


@pytest.fixture
def clients(
    service: Service, canaries: Canaries, teams: list[TeamOnStage], tmp_path: Path
) -> Serving:
    """Clients of a new gunicorn, with what is special in its environment."""

    @contextmanager
    def come_to(**environment: str) -> Iterator[Clients]:
        with Gunicorn(service, tmp_path, WEB_CONCURRENCY="2", **environment) as server:
            yield Clients(server, teams)
        canaries.keep("gunicorn", server.log.read_bytes())

    return come_to


@pytest.fixture
def made(sandbox: Sandbox, teams: list[TeamOnStage]) -> Callable[[], list[str]]:
    """The invoices that Blawby has made for the teams since the test began."""
    ours = {team.ulid.lower() for team in teams}

    def ids() -> set[str]:
        rows = sandbox.admin("GET", "invoices")
        return {str(row["id"]) for row in rows if row["team"].lower() in ours}

    before = ids()
    return lambda: list(ids() - before)


def test_row_01_a_steady_load(clients: Serving, made: Callable[[], list[str]]) -> None:
    with clients(**PATIENCE) as everybody:
        everybody.come(1, 1)
        steady = everybody.come(1, size("LOAD_SECONDS", 3))
    assert steady.statuses.keys() == {200}
    told = [str(payment["paymentId"]) for payment in everybody.payments]
    assert {payment["method"] for payment in everybody.payments} == {"blawby_api"}
    assert Counter(told) == Counter(made())
    report(f"row 1: {steady.statuses.total()} requests, all 200, p99 {steady.p99():.0f} ms")


def test_row_02_a_spike(clients: Serving, made: Callable[[], list[str]]) -> None:
    with clients(AGENT_RATE_LIMIT=f"{2 * _A_TEAM}/second") as everybody:
        began = time.monotonic()
        spike = everybody.come(_SPIKE, size("SPIKE_SECONDS", 2))
        took = time.monotonic() - began
        assert spike.statuses.keys() <= {200, 429, 503}
        assert spike.statuses[200]
        assert spike.statuses[429]
        seconds = 1
        while everybody.come(1, 1).statuses.keys() != {200}:
            seconds += 1
    told = [str(p["paymentId"]) for p in everybody.payments if p["method"] == "blawby_api"]
    assert len(told) == len(set(told))
    assert set(told) <= set(made())
    report(f"row 2: {dict(spike.statuses)} in {took:.0f} s, normal again in second {seconds}")
