"""Many answers that are streamed at once, and what plain turns notice of it."""

import json
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable

from app.domain.ids import TeamId
from bench import load
from bench.bursts import blawby
from bench.world import World, serving

_STREAMS = 200
_EACH_CALL = 2.0
_SECONDS = 5.0
_LONGEST = 30.0


def complete(team_id: TeamId, number: int) -> bytes:
    """A whole intake, streamed: its stream is open for as long as Blawby takes."""
    said = (
        f"Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, "
        f"jane{number}@example.com, I need help with a divorce"
    )
    messages = [{"role": "user", "content": said}]
    body = {"teamId": team_id, "messages": messages, "sessionId": f"s-{number}"}
    return load.request("POST", "/api/agent/stream", body)


class Client:
    """One streamed answer."""

    def __init__(self, port: int, message: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(message)
        self.received = b""

    @property
    def status(self) -> int:
        return int(self.received[9:12] or b"0")

    @property
    def is_over(self) -> bool:
        return b"event: complete" in self.received or self.status >= 300

    def outcome(self) -> str:
        """The method of the payment in the answer, or the status of a refusal."""
        if b"event: final\n" not in self.received:
            return str(self.status or "no answer")
        data = self.received.partition(b"event: final\ndata: ")[2].partition(b"\n")[0]
        return str(json.loads(data)["data"]["payment"]["method"])


def read_all(clients: list[Client]) -> None:
    """Until each answer is over, or nothing more can come."""
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    ends = time.perf_counter() + _LONGEST
    while selector.get_map() and time.perf_counter() < ends:
        for key, _ in selector.select(0.1):
            piece = key.data.socket.recv(65_536)
            key.data.received += piece
            if not piece or key.data.is_over:
                selector.unregister(key.fileobj)
                key.data.socket.close()


def rows(world: World, row: Callable[[str, str, str, bool], None]) -> None:
    (team, other) = world.teams(2)
    said = [{"role": "user", "content": "Hello, I need help with a divorce"}]
    plain = [load.request("POST", "/api/agent", {"teamId": other, "messages": said})]
    with (
        blawby() as stand_in,
        serving(world, "wsgi:app", "streams", threads=64, BLAWBY_API_URL=stand_in.url) as served,
    ):
        stand_in.delay(_EACH_CALL)
        load.run(served.connections(), plain, 1.0)
        before = served.megabytes()
        quiet = load.run(served.connections(4), plain, _SECONDS)
        kept = served.connections(4)
        clients = [Client(served.port, complete(team, each)) for each in range(_STREAMS)]
        busy = load.run(kept, plain, _SECONDS)
        after = served.megabytes()
        read_all(clients)
    outcomes = Counter(client.outcome() for client in clients)
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    print(f"| {_STREAMS} streams at once, {_EACH_CALL} s a call | {told} | | |")
    print(f"| the larger worker | {before:.0f} MB, with the streams {after:.0f} MB | | |")
    row(
        "plain turns beside them",
        f"p99 {busy.p99:.0f} ms (without: {quiet.p99:.0f} ms), {busy.failures} failures",
        "p99 < 500 ms",
        busy.p99 < 500 and busy.failures == 0,
    )
