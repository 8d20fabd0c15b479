"""Pauses that workers share: on one machine in the file of counts, on many in Valkey."""

import time
from pathlib import Path

import pytest
from limits.strategies import FixedWindowRateLimiter

from app.adapters.cache.pauses import SharedPauses
from app.adapters.cache.rate_counters import RateCounters, SharedCounters, rate_counters
from app.adapters.cache.server import shared_server
from app.domain.ids import TeamId
from tests.rig import new_ulid
from vault.ports import free_port

TEAM = TeamId(new_ulid())


@pytest.fixture
def machine(tmp_path: Path) -> list[SharedPauses]:
    """Two workers of one."""
    return [SharedPauses(rate_counters(None, tmp_path)) for _ in range(2)]


def test_what_one_worker_was_told_the_other_knows(machine: list[SharedPauses]) -> None:
    teller, reader = machine
    assert reader.left(TEAM) == 0
    teller.begin(TEAM, 60)
    assert 55 < reader.left(TEAM) <= 61
    assert reader.left(TeamId(new_ulid())) == 0


def test_another_machine_knows_nothing_of_it(tmp_path: Path) -> None:
    machines = [tmp_path / name for name in ("one", "other")]
    for directory in machines:
        directory.mkdir()
    one, other = (SharedPauses(rate_counters(None, directory)) for directory in machines)
    one.begin(TEAM, 60)
    assert other.left(TEAM) == 0


def test_a_longer_pause_counts_and_a_shorter_one_ends_none(machine: list[SharedPauses]) -> None:
    one, other = machine
    one.begin(TEAM, 60)
    other.begin(TEAM, 1)
    assert one.left(TEAM) > 50
    other.begin(TEAM, 3600)
    assert one.left(TEAM) > 3500


def test_a_pause_is_not_too_short_by_rounding(machine: list[SharedPauses]) -> None:
    began = time.time()
    machine[0].begin(TEAM, 5.9)
    assert time.time() + machine[1].left(TEAM) >= began + 5


def test_a_pause_of_before_the_clock_stepped_back_is_none(tmp_path: Path) -> None:
    ahead = SharedCounters(tmp_path / "rates", lambda: time.time() + 86_400)
    SharedPauses(RateCounters(FixedWindowRateLimiter(ahead))).begin(TEAM, 60)
    now = SharedPauses(rate_counters(None, tmp_path))
    assert now.left(TEAM) == 0
    now.begin(TEAM, 60)
    assert 55 < now.left(TEAM) <= 61


def test_without_an_answer_of_the_shared_cache_a_machine_keeps_its_own(tmp_path: Path) -> None:
    server = shared_server(f"redis://127.0.0.1:{free_port()}", None)
    workers = [SharedPauses(rate_counters(server, tmp_path)) for _ in range(2)]
    assert workers[0].left(TEAM) == 0
    workers[0].begin(TEAM, 60)
    assert workers[1].left(TEAM) > 55
