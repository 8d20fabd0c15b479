"""Connections in the loop: who waits costs no thread, and everybody's patience ends."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from gunicorn.config import Config

from serving.connection import Connection, Stage
from serving.traffic import Traffic

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


class Scene:
    """A loop without a worker: what would go to the pool is in `served`."""

    def __init__(self, most: int = 100, most_held: int = 1_000_000, most_body: int = 1000) -> None:
        self.served: list[Connection] = []
        self.poller = selectors.DefaultSelector()
        self.traffic = Traffic(
            self.poller, Config(), most_body, most, self.served.append, most_held
        )
        self._sockets: list[socket.socket] = []

    def connect(self, *, receive_buffer: int | None = None) -> tuple[socket.socket, Connection]:
        client, server = socket.socketpair()
        if receive_buffer:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, receive_buffer)
        client.settimeout(10)
        self._sockets.append(client)
        connection = Connection(server, ("192.0.2.1", 1), ("127.0.0.1", 80))
        self.traffic.welcome(connection)
        return client, connection

    def turn(self) -> None:
        while events := self.poller.select(0):
            for key, _ in events:
                key.data(key.fileobj)

    def answer(self, connection: Connection, data: bytes, *, keeps: bool = True) -> None:
        """What a thread of the pool does."""
        assert connection.arrival
        connection.arrival.take()
        connection.outgoing.begin()
        for piece in (b"head ", data):
            connection.outgoing.sendall(piece)
        self.traffic.answered(connection, keeps=keeps)

    def end(self) -> None:
        self.traffic.end()
        for client in self._sockets:
            client.close()
        self.poller.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.end()


def is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def late(connection: Connection) -> None:
    connection.until = time.monotonic() - 1


def test_a_request_in_pieces_is_served_when_it_is_there(scene: Scene) -> None:
    client, connection = scene.connect()
    for number in range(len(REQUEST)):
        assert scene.served == []
        client.sendall(REQUEST[number : number + 1])
        scene.turn()
    assert scene.served == [connection]
    scene.answer(connection, b"one")
    assert client.recv(100) == b"head one"
    client.sendall(REQUEST)
    scene.turn()
    assert scene.served == [connection] * 2


def test_pipelined_requests_are_served_one_after_the_other(scene: Scene) -> None:
    client, connection = scene.connect()
    client.sendall(REQUEST * 3)
    scene.turn()
    for number in range(3):
        assert len(scene.served) == number + 1
        scene.answer(connection, b"x")
    assert connection.stage is Stage.IDLE
    assert client.recv(100) == b"head x" * 3


def test_a_client_that_waits_for_our_word_is_invited_once(scene: Scene) -> None:
    client, _ = scene.connect()
    client.sendall(REQUEST.replace(b"Host", b"Expect: 100-continue\r\nHost")[:-4])
    scene.turn()
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"bo")
    scene.turn()
    client.sendall(b"dy")
    scene.turn()
    assert len(scene.served) == 1
    client.setblocking(False)
    with pytest.raises(BlockingIOError):
        client.recv(1)


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", 0), (b"GET / HT", 0), (b"GET / HTTP/1.1\r\nHost", 408), (REQUEST[:-1], 408)],
)
def test_who_is_late_is_told_so_where_there_is_a_request_line(
    scene: Scene, sent: bytes, status: int
) -> None:
    client, connection = scene.connect()
    client.sendall(sent)
    scene.turn()
    scene.traffic.expire()
    assert scene.served == []
    late(connection)
    scene.traffic.expire()
    if status:
        assert [served.refused for served in scene.served] == [status]
    else:
        assert is_closed(client)
        assert len(scene.traffic) == 0


def test_the_time_for_a_head_is_shorter_than_that_for_a_request(scene: Scene) -> None:
    client, connection = scene.connect()
    client.sendall(b"POST / HTTP/1.1\r\n")
    scene.turn()
    head_until = connection.until
    client.sendall(b"Content-Length: 4\r\n\r\nb")
    scene.turn()
    assert connection.until > head_until
    until = connection.until
    client.sendall(b"o")
    scene.turn()
    assert connection.until == until


def test_what_is_no_request_is_refused(scene: Scene) -> None:
    for sent, status in (
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000, 414),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: br\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nExpect: magic\r\n\r\n", 417),
    ):
        client, connection = scene.connect()
        client.sendall(sent)
        scene.turn()
        assert scene.served.pop() is connection
        assert connection.refused == status


def test_a_client_that_does_not_read_costs_no_thread(scene: Scene) -> None:
    client, connection = scene.connect(receive_buffer=4096)
    client.sendall(REQUEST)
    scene.turn()
    data = b"x" * 1_000_000
    scene.answer(connection, data)
    assert connection.stage is Stage.SENDING
    received = b""
    while len(received) < len(data) + 5:
        received += client.recv(65536)
        scene.turn()
    assert received == b"head " + data
    assert connection.stage is Stage.IDLE


def test_a_client_that_never_reads_is_dropped(scene: Scene) -> None:
    client, connection = scene.connect(receive_buffer=4096)
    client.sendall(REQUEST)
    scene.turn()
    with pytest.raises(ConnectionAbortedError):
        scene.answer(connection, b"x" * 20_000_000)
    scene.traffic.answered(connection, keeps=False)
    late(connection)
    scene.traffic.expire()
    assert len(scene.traffic) == 0


def test_the_last_answer_is_not_lost_to_what_the_client_still_sends(scene: Scene) -> None:
    """A close with unread bytes would be a reset."""
    client, connection = scene.connect()
    client.sendall(REQUEST)
    scene.turn()
    client.sendall(b"more that nobody reads")
    scene.answer(connection, b"last", keeps=False)
    scene.turn()
    assert client.recv(100) == b"head last"
    assert client.recv(100) == b""
    assert len(scene.traffic) == 1
    client.close()
    scene.turn()
    assert len(scene.traffic) == 0


def test_who_does_not_close_is_closed(scene: Scene) -> None:
    client, connection = scene.connect()
    client.sendall(REQUEST)
    scene.turn()
    scene.answer(connection, b"last", keeps=False)
    scene.turn()
    assert len(scene.traffic) == 1
    late(connection)
    scene.traffic.expire()
    assert len(scene.traffic) == 0


def test_who_sends_without_end_while_it_is_closed_is_closed(scene: Scene) -> None:
    client, connection = scene.connect()
    client.sendall(REQUEST)
    scene.turn()
    scene.answer(connection, b"last", keeps=False)
    for _ in range(100):
        with suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(b"x" * 10_000)
        scene.turn()
    assert len(scene.traffic) == 0


def test_a_client_that_leaves_is_forgotten(scene: Scene) -> None:
    for sent in (b"", b"GET", REQUEST[:-1]):
        client, _ = scene.connect()
        client.sendall(sent)
        scene.turn()
        client.close()
        scene.turn()
    assert len(scene.traffic) == 0
    assert scene.served == []


def test_idle_connections_end_before_others(scene: Scene) -> None:
    idle, kept = scene.connect()
    idle.sendall(REQUEST)
    scene.turn()
    scene.answer(kept, b"x")
    idle.recv(100)
    busy, _ = scene.connect()
    busy.sendall(REQUEST[:-1])
    scene.turn()
    scene.traffic.end_idle(60)
    assert len(scene.traffic) == 2
    scene.traffic.end_idle(0)
    assert is_closed(idle)
    assert len(scene.traffic) == 1


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize("ends", ["expire", "end_idle"])
def test_who_sent_while_the_loop_did_not_look_is_served(
    scene: Scene, ends: str, *, is_kept: bool
) -> None:
    """A machine that stands still for ten seconds, or an instance that ends under load."""
    client, connection = scene.connect()
    if is_kept:
        client.sendall(REQUEST)
        scene.turn()
        scene.answer(connection, b"x")
        client.recv(100)
    client.sendall(REQUEST)
    late(connection)
    if ends == "expire":
        scene.traffic.expire()
    else:
        scene.traffic.end_idle(0)
    assert scene.served[-1:] == [connection]
    assert connection.stage is Stage.SERVED
    assert connection.refused == 0


def test_the_last_piece_that_nobody_looked_at_is_in_time(scene: Scene) -> None:
    client, connection = scene.connect()
    client.sendall(REQUEST[:-1])
    scene.turn()
    late(connection)
    client.sendall(REQUEST[-1:])
    scene.traffic.expire()
    assert [each.refused for each in scene.served] == [0]


def test_when_it_is_full_the_slowest_gives_way() -> None:
    scene = Scene(most=3)
    slow, connection = scene.connect()
    slow.sendall(b"GET / HTTP/1.1\r\n")
    scene.turn()
    connection.since -= 5
    kept, idle = scene.connect()
    kept.sendall(REQUEST)
    scene.turn()
    scene.answer(idle, b"x")
    kept.recv(100)
    scene.connect()
    scene.connect()
    assert is_closed(slow)
    scene.connect()
    assert is_closed(kept)
    assert len(scene.traffic) == 3
    scene.end()


def test_no_room_is_made_of_those_that_are_served(scene: Scene) -> None:
    client, _ = scene.connect()
    client.sendall(REQUEST)
    scene.turn()
    assert not scene.traffic.make_room()
    assert len(scene.traffic) == 1


def test_what_slow_clients_hold_together_is_bounded() -> None:
    scene = Scene(most_held=3000)
    clients = [scene.connect()[0] for _ in range(10)]
    for client in clients:
        client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + b"x" * 900)
        scene.turn()
    assert len(scene.traffic) == 3
    assert [is_closed(client) for client in clients[:7]] == [True] * 7
    scene.end()


LARGE = b"POST / HTTP/1.1\r\nContent-Length: 40000\r\n\r\n" + b"x" * 40_000


def send(scene: Scene, data: bytes) -> Connection:
    client, connection = scene.connect()
    for start in range(0, len(data), 10_000):
        client.sendall(data[start : start + 10_000])
        scene.turn()
    return connection


def test_large_requests_are_refused_while_too_many_wait_for_a_thread() -> None:
    scene = Scene(most_held=100_000, most_body=50_000)
    first, *_ = taken = [send(scene, LARGE) for _ in range(2)]
    over, small = send(scene, LARGE), send(scene, REQUEST)
    assert scene.served == [*taken, over, small]
    assert [each.refused for each in scene.served] == [0, 0, 429, 0]
    assert not over.received
    scene.answer(first, b"done")
    assert send(scene, LARGE).refused == 0
    scene.end()


def test_what_waits_for_a_thread_does_not_count_against_who_sends_slowly() -> None:
    scene = Scene(most_held=100_000, most_body=50_000)
    for _ in range(2):
        send(scene, LARGE)
    for _ in range(4):
        send(scene, LARGE[:20_000])
    assert len(scene.traffic) == 6
    scene.end()
