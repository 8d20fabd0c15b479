"""HTTP for the model's client: what is sent, and which headers and bodies are believed."""

import gzip
import os

import httpx2
import pytest

from app.adapters.llm.transport import DeadlineTransport, TooLong
from tests.scripted_server import ScriptedServer

BODY = b'{"choices": []}'


def ask(server: ScriptedServer, transport: DeadlineTransport | None = None) -> httpx2.Response:
    request = httpx2.Request("POST", f"{server.url}/v1/a%20b?c=d", content=b"asked")
    answer = (transport or DeadlineTransport(2)).handle_request(request)
    answer.read()
    return answer


def test_a_request_goes_out_as_it_is_and_asks_for_a_plain_answer() -> None:
    with ScriptedServer(lambda _: (200, BODY)) as server:
        assert (ask(server).status_code, ask(server).content) == (200, BODY)
    seen = server.seen[0]
    assert (seen.method, seen.path, seen.body) == ("POST", "/v1/a%20b?c=d", b"asked")
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["host"] in server.url


@pytest.mark.parametrize("name", ["Content-Encoding", "content-encoding"])
def test_what_is_compressed_unasked_is_not_unpacked(name: str) -> None:
    packed = gzip.compress(BODY)
    with ScriptedServer(lambda _: (200, packed, {name: "gzip", "X-Other": "kept"})) as server:
        answer = ask(server)
    assert answer.content == packed
    assert answer.headers["x-other"] == "kept"


@pytest.mark.parametrize(("size", "is_read"), [(1 << 18, True), ((1 << 18) + 1, False)])
def test_a_quarter_of_a_megabyte_is_read(size: int, is_read: bool) -> None:
    with ScriptedServer(lambda _: (200, os.urandom(size))) as server:
        if is_read:
            assert len(ask(server).content) == size
        else:
            with pytest.raises(TooLong):
                ask(server)


def test_the_next_call_is_answered_after_one_that_was_not_read_to_its_end() -> None:
    bodies = [os.urandom(1 << 20), BODY]
    with ScriptedServer(lambda _: (200, bodies[0])) as server:
        transport = DeadlineTransport(1)
        with pytest.raises(TooLong):
            ask(server, transport)
        bodies.pop(0)
        assert ask(server, transport).content == BODY
