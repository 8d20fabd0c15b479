"""Which address is asked next, and what an answer that did not come means for a write."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from prometheus_client import REGISTRY

from app.adapters import deadline
from app.adapters.vault.addresses import VaultAddresses
from app.errors import VaultUnavailable, WriteUnconfirmed
from tests.scripted_server import Answer, ScriptedServer, Seen
from vault.ports import free_port

OK: Answer = (200, b"ok")
READS = ["GET", "LIST", "HEAD"]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


@pytest.fixture
def second() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda _: OK) as server:
        yield server


Both = VaultAddresses


@pytest.fixture
def both(server: ScriptedServer, second: ScriptedServer) -> Both:
    server.script = lambda _: OK
    return VaultAddresses((f"{server.url}/", second.url), 20.0, None)


def ask(addresses: VaultAddresses, method: str = "GET") -> tuple[int, bytes]:
    return addresses.send(method, "/v1/x", None, {})


@pytest.mark.parametrize("status", [200, 204, 400, 403, 404, 499])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_is_the_answer(
    server: ScriptedServer, second: ScriptedServer, both: Both, method: str, status: int
) -> None:
    server.script = lambda _: (status, b"" if status == 204 else b"told")
    assert ask(both, method) == (status, b"" if status == 204 else b"told")
    assert server.paths() == ["/v1/x"]
    assert not second.seen


@pytest.mark.parametrize("status", [500, 502, 503, 301, 302, 307, 308, 412, 429, 472, 473, 474])
@pytest.mark.parametrize("method", READS)
def test_a_read_goes_on_to_the_next_and_stays_there(
    server: ScriptedServer,
    second: ScriptedServer,
    both: Both,
    caplog: pytest.LogCaptureFixture,
    method: str,
    status: int,
) -> None:
    server.script = lambda _: (status, b"")
    second.script = lambda _: (200, b"")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert ask(both, method)[0] == 200
    assert (len(server.seen), len(second.seen)) == (1, 3)
    said = [record.getMessage() for record in caplog.records]
    assert [one for one in said if "another Vault" in one] == [
        f"another Vault answers now: {second.url}"
    ]


@pytest.mark.parametrize("method", READS)
def test_a_read_that_none_answers_is_an_outage(
    server: ScriptedServer, second: ScriptedServer, both: Both, method: str
) -> None:
    server.script = second.script = lambda _: None
    with pytest.raises(VaultUnavailable) as raised:
        ask(both, method)
    assert raised.type is VaultUnavailable
    assert (len(server.seen), len(second.seen)) == (1, 1)


# Surely nothing was done: the next one may be asked, and none that answers is a plain outage.
NOTHING_DONE: list[Answer] = [
    (412, b""),
    (429, b""),
    (472, b""),
    (473, b""),
    (474, b""),
    (500, b"local node not active but active cluster node not found"),
    (503, b"Vault is sealed"),
    (503, b"Vault is in standby mode"),
]
PERHAPS_DONE: list[Answer] = [(503, b""), (301, b""), (302, b""), (307, b""), (308, b"")]
UNCLEAR: list[Answer] = [(500, b""), (502, b""), (504, b""), None]


@pytest.mark.parametrize("answer", NOTHING_DONE + PERHAPS_DONE)
@pytest.mark.parametrize("method", WRITES)
def test_a_write_goes_on_where_it_may(
    server: ScriptedServer,
    second: ScriptedServer,
    both: Both,
    method: str,
    answer: Answer,
) -> None:
    server.script = lambda _: answer
    assert ask(both, method) == OK
    assert (len(server.seen), len(second.seen)) == (1, 1)


@pytest.mark.parametrize("answer", NOTHING_DONE + PERHAPS_DONE)
@pytest.mark.parametrize("then", NOTHING_DONE[:1] + PERHAPS_DONE[:1])
def test_a_write_that_none_takes_is_unconfirmed_where_one_may_have_done_it(
    server: ScriptedServer,
    second: ScriptedServer,
    both: Both,
    answer: Answer,
    then: Answer,
) -> None:
    server.script, second.script = lambda _: answer, lambda _: then
    with pytest.raises(VaultUnavailable) as raised:
        ask(both, "POST")
    perhaps = answer in PERHAPS_DONE or then in PERHAPS_DONE
    assert raised.type is (WriteUnconfirmed if perhaps else VaultUnavailable)


@pytest.mark.parametrize("answer", UNCLEAR)
@pytest.mark.parametrize("method", WRITES)
def test_an_unclear_write_is_not_repeated_and_the_next_call_begins_elsewhere(
    server: ScriptedServer,
    second: ScriptedServer,
    both: Both,
    method: str,
    answer: Answer,
) -> None:
    server.script = lambda _: answer
    with pytest.raises(WriteUnconfirmed):
        ask(both, method)
    assert not second.seen
    assert ask(both, method) == OK
    second.script = lambda _: answer
    server.script = lambda _: OK
    with pytest.raises(WriteUnconfirmed):
        ask(both, method)
    assert ask(both, method) == OK
    assert (len(server.seen), len(second.seen)) == (2, 2)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_there_is_passed_over(second: ScriptedServer, method: str) -> None:
    labels = {"upstream": "vault", "cause": "refused"}
    name = "team_secrets_connection_failures_total"
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    absent = f"http://127.0.0.1:{free_port()}"
    assert ask(VaultAddresses((absent, second.url), 20.0, None), method) == OK
    with pytest.raises(VaultUnavailable) as raised:
        ask(VaultAddresses((absent,), 20.0, None), method)
    assert raised.type is VaultUnavailable
    assert raised.value.why == "it refuses the connection"
    assert REGISTRY.get_sample_value(name, labels) == before + 2


def test_one_that_hangs_leaves_time_for_the_next(
    server: ScriptedServer, second: ScriptedServer
) -> None:
    until = threading.Event()

    def hang(_: Seen) -> Answer:
        until.wait()
        return OK

    server.script = hang
    assert ask(VaultAddresses((server.url, second.url), 2.0, None)) == OK
    until.set()


def test_a_path_of_the_address_comes_first(server: ScriptedServer) -> None:
    server.script = lambda _: OK
    ask(VaultAddresses((f"{server.url}/behind/a/proxy/",), 20.0, None))
    assert server.paths() == ["/behind/a/proxy/v1/x"]


@pytest.mark.parametrize("size", [8 * 1024 * 1024 - 1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1])
def test_what_is_too_long_is_cut_and_does_not_spoil_the_next_answer(
    server: ScriptedServer, size: int
) -> None:
    server.script = lambda _: (200, b"x" * size)
    addresses = VaultAddresses((server.url,), 20.0, None)
    assert len(ask(addresses)[1]) == min(size, 8 * 1024 * 1024)
    server.script = lambda _: OK
    assert ask(addresses) == OK


def test_a_server_that_hangs_leaves_half_of_the_callers_time_to_the_next(
    server: ScriptedServer, second: ScriptedServer, both: Both
) -> None:
    """The caller has less time than a call to Vault may take."""
    done = threading.Event()
    server.script = lambda _: OK if done.wait(30) else None
    try:
        with deadline.within(4.0):
            assert ask(both) == OK
    finally:
        done.set()
    assert (len(server.seen), len(second.seen)) == (1, 1)


@pytest.mark.parametrize("first", range(3))
def test_servers_are_asked_in_their_order_from_the_one_that_answered_last(first: int) -> None:
    asked: list[int] = []
    with ExitStack() as stack:
        servers = [
            stack.enter_context(ScriptedServer(lambda _, at=at: asked.append(at) or OK))
            for at in range(3)
        ]
        addresses = VaultAddresses(tuple(one.url for one in servers), 20.0, None)
        for server in servers[:first]:
            server.script = lambda _: (503, b"")
        assert ask(addresses) == OK
        for at, server in enumerate(servers):
            server.script = lambda _, at=at: (asked.append(at), (503, b""))[1]
        asked.clear()
        with pytest.raises(VaultUnavailable):
            ask(addresses)
    assert asked == [(first + turn) % 3 for turn in range(3)]
