"""Rates as counted on one machine: windows in a file that its workers share."""

import subprocess
import sys
import time
from hashlib import blake2b
from itertools import count, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from app.adapters.cache.rate_counters import RateCounters, SharedCounters, rate_counters
from app.adapters.cache.server import shared_server
from app.errors import RateLimited
from app.services.rate_limits import RateLimit
from vault.ports import free_port

ROOT = Path(__file__).parents[4]
RULE = parse("3/hour")


@pytest.fixture
def counters(tmp_path: Path) -> SharedCounters:
    return SharedCounters(tmp_path / "rates")


def test_so_many_are_within_the_rule_and_no_more(tmp_path: Path) -> None:
    counter = rate_counters(None, tmp_path)
    assert [counter.wait(RULE, "one") for _ in range(3)] == [0, 0, 0]
    assert 0 < counter.wait(RULE, "one") <= 3601


def test_each_has_a_count_of_its_own(tmp_path: Path) -> None:
    counter = rate_counters(None, tmp_path)
    for who in (("a", "b"), ("a", "c"), ("ab",), ("b", "a")):
        assert [counter.wait(RULE, *who) for _ in range(3)] == [0, 0, 0]


def test_workers_of_one_machine_count_together(tmp_path: Path) -> None:
    workers = [rate_counters(None, tmp_path) for _ in range(3)]
    assert [worker.wait(RULE, "one") for worker in workers] == [0, 0, 0]
    assert all(worker.wait(RULE, "one") for worker in workers)


def test_a_storage_that_does_not_answer_leaves_the_machine_to_count(tmp_path: Path) -> None:
    counter = rate_counters(shared_server(f"redis://127.0.0.1:{free_port()}", None), tmp_path)
    assert [counter.wait(RULE, "one") == 0 for _ in range(4)] == [True, True, True, False]


def test_a_window_ends(counters: SharedCounters) -> None:
    assert counters.incr("key", 0) == 1
    assert counters.incr("key", 3600) == 1
    assert counters.incr("key", 3600, 4) == 5
    assert counters.get("key") == 5
    assert counters.get_expiry("key") > counters.get_expiry("another")


@given(st.lists(st.tuples(st.integers(-100_000, 100_000), st.sampled_from(["a", "b"])), min_size=1))
def test_no_window_outlasts_its_rule_wherever_the_clock_steps(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    now = [1_800_000_000.0]
    counters = SharedCounters(tmp_path_factory.mktemp("clock") / "rates", lambda: now[0])
    for step, key in steps:
        now[0] += step
        counters.incr(key, RULE.get_expiry())
        assert counters.get_expiry(key) <= now[0] + RULE.get_expiry()


def test_who_was_refused_before_the_clock_stepped_back_waits_no_longer_than_the_rule(
    tmp_path: Path,
) -> None:
    ahead = SharedCounters(tmp_path / "rates", lambda: time.time() + 86_400)
    for counters in (ahead, SharedCounters(tmp_path / "rates")):
        counter = RateCounters(FixedWindowRateLimiter(counters))
        waits = [counter.wait(RULE, "who") for _ in range(4)]
        assert 0 < waits[-1] <= 3601


def test_what_was_never_counted_is_none(counters: SharedCounters) -> None:
    assert counters.get("key") == 0


def test_counts_can_be_forgotten(counters: SharedCounters) -> None:
    for key in ("one", "two"):
        counters.incr(key, 3600)
    counters.clear("one")
    assert (counters.get("one"), counters.get("two")) == (0, 1)
    counters.reset()
    assert counters.get("two") == 0
    assert counters.check()
    assert issubclass(FileNotFoundError, counters.base_exceptions)


def test_a_flood_of_keys_leaves_the_file_as_large_as_it_was(
    counters: SharedCounters, tmp_path: Path
) -> None:
    size = (tmp_path / "rates").stat().st_size
    for number in range(5000):
        counters.incr(f"key-{number}", 3600)
    assert (tmp_path / "rates").stat().st_size == size == 1 << 20
    kept = sum(counters.get(f"key-{number}") for number in range(5000))
    assert kept > 4900


def test_a_count_has_a_largest(counters: SharedCounters) -> None:
    counters.incr("key", 3600, 0xFFFFFFFF)
    assert counters.incr("key", 3600, 5) == 0xFFFFFFFF


def test_a_limit_that_is_passed_says_how_long_to_wait(counters: SharedCounters) -> None:
    limit = RateLimit(RateCounters(FixedWindowRateLimiter(counters)), RULE)
    for _ in range(3):
        limit.admit("who")
    with pytest.raises(RateLimited) as refusal:
        limit.admit("who")
    assert 0 < (refusal.value.retry_after or 0) <= 3601


_HAMMER = """
import sys, pathlib
from app.adapters.cache.rate_counters import SharedCounters
counters = SharedCounters(pathlib.Path(sys.argv[1]))
sys.stdin.readline()
most = 0
for _ in range(150_000):
    count = counters.incr("key", 3600)
    most = max(most, count)
    if count < most // 2:
        sys.exit(f"{count} after {most}")
"""


def test_no_worker_begins_anothers_window_anew(tmp_path: Path) -> None:
    """Two that count the same key as fast as they can lose some, and never all of it."""
    command = [sys.executable, "-c", _HAMMER, str(tmp_path / "rates")]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) for _ in range(2)]
    for worker in workers:
        assert worker.stdin
        worker.stdin.close()
    assert [worker.wait() for worker in workers] == [0, 0]
    assert SharedCounters(tmp_path / "rates").get("key") > 150_000


def _crowd(name: str) -> list[str]:
    """Eight names in the same place, as anybody finds them who knows the hash and no salt."""

    def place(text: str) -> int:
        digest = blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little") % 65_528

    beside = (text for text in map(str, count()) if place(text) == place(name))
    return list(islice(beside, 8))


def test_nobody_can_choose_names_that_replace_a_count(counters: SharedCounters) -> None:
    """A client could so renew its own address's budget: eight role ids for a login are enough."""
    counters.incr("victim", 3600, 5)
    for name in _crowd("victim"):
        counters.incr(name, 3600)
    assert counters.get("victim") == 5


def test_the_salt_is_the_files_own(tmp_path: Path) -> None:
    """Workers, and those that replace them, find the same counts; another machine does not."""
    one, other = (SharedCounters(tmp_path / "rates") for _ in range(2))
    elsewhere = SharedCounters(tmp_path / "another")
    one.incr("key", 3600, 3)
    elsewhere.incr("key", 3600, 3)
    assert other.get("key") == 3
    files = [(tmp_path / name).read_bytes() for name in ("rates", "another")]
    assert files[0][-16:] != files[1][-16:]
    assert [len(file) for file in files] == [1 << 20] * 2
