"""The worker under gunicorn: HTTP as before, and nobody waits for a slow client."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.gunicorn import Gunicorn
from tests.rig import Service
from tests.serving.client import Answered, Client

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SCRIPT = b"GET /docs/assets/swagger-ui-bundle.js.map HTTP/1.1\r\nHost: x\r\n\r\n"
# More than any pool has threads, and this one has a single one.
MANY = 300


@pytest.fixture(scope="module")
def gunicorn(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """One worker with one thread: a single client that is waited for would stop it."""
    directory = tmp_path_factory.mktemp("worker")
    environ = {"WORKER_THREADS": "1", "LOGIN_RATE_LIMIT": "100000/minute"}
    with Gunicorn(service, directory, **environ) as gunicorn:
        yield gunicorn


def post(body: bytes, *headers: str, path: str = "/api/auth/login", version: str = "1.1") -> bytes:
    lines = [f"POST {path} HTTP/{version}", "Host: x", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def with_length(body: bytes, *headers: str) -> bytes:
    return post(body, f"Content-Length: {len(body)}", *headers)


def code(answer: Answered) -> str:
    return str(json.loads(answer.body)["errorCode"])


LOGIN = json.dumps({"roleId": "nobody-knows-it", "secretId": "wrong"}).encode()


# --- HTTP as before


def test_a_connection_is_kept(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        for _ in range(5):
            answer = client.send(GET).answer()
            assert (answer.status, answer.headers["connection"]) == (200, "keep-alive")


@pytest.mark.parametrize(
    ("version", "asked", "kept"),
    [
        ("1.1", "", "keep-alive"),
        ("1.1", "Connection: close\r\n", "close"),
        ("1.0", "", "close"),
        ("1.0", "Connection: keep-alive\r\n", "keep-alive"),
    ],
)
def test_a_connection_ends_when_the_client_says_so(
    gunicorn: Gunicorn, version: str, asked: str, kept: str
) -> None:
    with Client(gunicorn) as client:
        client.send(f"GET /healthz HTTP/{version}\r\nHost: x\r\n{asked}\r\n".encode())
        assert client.answer().headers["connection"] == kept
        if kept == "close":
            assert client.is_closed()
        else:
            assert client.send(GET).answer().status == 200


def test_pipelined_requests_are_answered_in_order(gunicorn: Gunicorn) -> None:
    nothing = GET.replace(b"healthz", b"nothing")
    with Client(gunicorn) as client:
        client.send(GET + nothing + with_length(LOGIN) + GET)
        assert [client.answer().status for _ in range(4)] == [200, 404, 401, 200]


def test_a_head_has_no_body(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        client.send(GET.replace(b"GET", b"HEAD"))
        answer = client.answer(to_head=True)
        assert (answer.status, int(answer.headers["content-length"])) == (200, 57)
        assert client.send(GET).answer().status == 200


def test_a_body_in_pieces_and_in_chunks(gunicorn: Gunicorn) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in LOGIN) + b"0\r\n\r\n"
    for sent in (with_length(LOGIN), post(chunks, "Transfer-Encoding: chunked")):
        with Client(gunicorn) as client:
            for number in range(0, len(sent), 7):
                client.send(sent[number : number + 7])
            assert client.answer().status == 401
            assert client.send(GET).answer().status == 200


def test_a_client_that_expects_an_invitation_gets_it(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        client.send(with_length(LOGIN, "Expect: 100-continue").removesuffix(LOGIN))
        assert client.answer().status == 100
        assert client.send(LOGIN).answer().status == 401


def test_a_client_that_does_not_wait_for_it_is_not_invited(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        assert client.send(with_length(LOGIN, "Expect: 100-continue")).answer().status == 401


def test_who_ends_its_half_gets_the_answer(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        client.send(GET).socket.shutdown(1)
        assert client.answer().status == 200


# --- Bodies


def test_a_long_body_is_refused_before_it_is_sent(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        answer = client.send(post(b"", "Content-Length: 262145")).answer()
        assert (answer.status, code(answer)) == (413, "payload_too_large")
        assert answer.headers["connection"] == "close"


def test_a_long_body_does_not_make_the_client_lose_the_answer(gunicorn: Gunicorn) -> None:
    with Client(gunicorn) as client:
        answer = client.send(with_length(b" " * 300_000)).answer()
        assert (answer.status, code(answer)) == (413, "payload_too_large")


def test_a_body_in_chunks_that_is_too_long(gunicorn: Gunicorn) -> None:
    """It was 400 malformed_request."""
    with Client(gunicorn) as client:
        client.send(post(b"40001\r\n" + b" " * 1000, "Transfer-Encoding: chunked"))
        answer = client.answer()
        assert (answer.status, code(answer)) == (413, "payload_too_large")
        assert client.is_closed()


def test_a_broken_chunk_is_the_clients_fault(gunicorn: Gunicorn) -> None:
    """It was 500, and an error in the log at any stranger's wish."""
    before = gunicorn.log.read_text().count("unforeseen")
    for chunk in (
        b"ZZ\r\n",
        b"2\r\nabc\r\n0\r\n\r\n",
        b"1;=\r\na\r\n0\r\n\r\n",
        b"0\r\nno colon\r\n\r\n",
    ):
        with Client(gunicorn) as client:
            answer = client.send(post(chunk, "Transfer-Encoding: chunked")).answer()
            assert (answer.status, code(answer)) == (400, "malformed_request")
            assert client.is_closed()
    assert gunicorn.log.read_text().count("unforeseen") == before


def test_a_wrong_length_ends_the_connection(gunicorn: Gunicorn) -> None:
    """Else the rest of the body would be the next request's first line."""
    with Client(gunicorn) as client:
        client.send(post(LOGIN, f"Content-Length: {len(LOGIN) - 5}"))
        answer = client.answer()
        assert (answer.status, code(answer)) == (400, "malformed_request")
        assert client.is_closed()


# --- Slow clients (row 51)


def test_slow_senders_cost_others_nothing(gunicorn: Gunicorn) -> None:
    begun = (b"", b"POST /api/agent HTTP/1.1\r\nHost: x\r\n", with_length(LOGIN)[:-1])
    with ExitStack() as stack:
        slow = [stack.enter_context(Client(gunicorn)) for _ in range(MANY)]
        for number, client in enumerate(slow):
            client.send(begun[number % 3])
        for _ in range(20):
            with Client(gunicorn) as client:
                assert client.send(GET).answer().status == 200
        for client in slow[2::3]:
            assert client.send(LOGIN[-1:]).answer().status == 401


def test_slow_readers_cost_others_nothing(gunicorn: Gunicorn) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Client(gunicorn, receive_buffer=4096)) for _ in range(20)]
        for client in slow:
            client.send(SCRIPT)
        for _ in range(20):
            with Client(gunicorn) as client:
                assert client.send(GET).answer().status == 200
        assert len(slow[0].answer().body) == len(slow[1].answer().body) > 1_000_000


def test_clients_that_do_not_close_cost_others_nothing(gunicorn: Gunicorn) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            client = stack.enter_context(Client(gunicorn))
            client.send(GET.replace(b"Host", b"Connection: close\r\nHost"))
        with Client(gunicorn) as client:
            assert client.send(GET).answer().status == 200


def test_each_is_cut_off_in_time(gunicorn: Gunicorn) -> None:
    """In order of their time; the test's own limit is the only clock here."""
    with Client(gunicorn) as silent, Client(gunicorn) as head, Client(gunicorn) as body:
        silent.send(b"")
        head.send(b"GET / HTTP/1.1\r\nHost")
        body.send(with_length(LOGIN)[:-1])
        late = head.answer()
        assert (late.status, code(late)) == (408, "request_timeout")
        assert silent.everything() == b""
        late = body.answer()
        assert (late.status, code(late)) == (408, "request_timeout")
        assert body.is_closed()


# --- The end


def test_what_is_under_way_is_answered_at_the_end(service: Service, tmp_path: Path) -> None:
    with Gunicorn(service, tmp_path) as gunicorn:
        with Client(gunicorn) as kept, Client(gunicorn) as under_way:
            assert kept.send(GET).answer().headers["connection"] == "keep-alive"
            under_way.send(with_length(LOGIN)[:-1])
            assert kept.send(GET).answer().status == 200
            gunicorn.stop_later()
            last = kept.send(GET).answer()
            assert last.status == 200
            assert under_way.send(LOGIN[-1:]).answer().headers["connection"] == "close"
        assert gunicorn.wait_stopped() == 0
