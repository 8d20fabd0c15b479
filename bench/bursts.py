"""Many intakes finished at once, and what their clients get: the burst rows of the table."""

import json
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import requests

from app.domain.ids import TeamId
from bench.load import Connection, request, run
from bench.world import Served, World, serving

_LONGEST = 30.0
_THREADS = 64


@dataclass
class Outcome:
    """What became of some intakes: how many of each method, and the seconds that each took."""

    methods: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Blawby:
    """The sandbox in a process of its own, with each call delayed."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().split()[-1]

    def delay(self, seconds: float) -> None:
        self._admin("DELETE", "state")
        self._admin("DELETE", "faults")
        fault = {"call": "any", "kind": "slow", "seconds": seconds, "times": None}
        self._admin("POST", "faults", fault)

    def invoices(self) -> list[dict[str, Any]]:
        return list(self._admin("GET", "invoices").json())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _admin(self, method: str, path: str, body: Any = None) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)


@contextmanager
def blawby() -> Iterator[Blawby]:
    stand_in = Blawby()
    try:
        yield stand_in
    finally:
        stand_in.stop()


def intake(team_id: TeamId, number: str) -> bytes:
    said = (
        f"Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, "
        f"jane{number}@example.com, I need help with a divorce"
    )
    body = {"teamId": team_id, "messages": [{"role": "user", "content": said}], "sessionId": number}
    return request("POST", "/api/agent", body)


def spread(served: Served, intakes: list[bytes], pause: float) -> Outcome:
    """Sends an intake every `pause` seconds, each on a connection of its own."""
    clients = [Connection(served.port) for _ in intakes]
    poll, waiting, outcome = select.epoll(), {}, Outcome()
    for client in clients:
        waiting[client.socket.fileno()] = client
        poll.register(client.socket, select.EPOLLIN)
    began, sent = time.perf_counter(), 0
    while waiting and time.perf_counter() < began + len(intakes) * pause + _LONGEST:
        while sent < len(intakes) and time.perf_counter() >= began + sent * pause:
            clients[sent].send(intakes[sent])
            sent += 1
        for number, _ in poll.poll(0.005):
            client = waiting[number]
            status = client.answer()
            if status is not None:
                outcome.seconds.append(time.perf_counter() - client.sent_at)
                outcome.methods[_method(status, client.body)] += 1
                poll.unregister(number)
                del waiting[number]
    outcome.methods["no answer"] += len(waiting)
    for client in clients:
        client.socket.close()
    return outcome


def _method(status: int, body: bytes) -> str:
    if status != requests.codes.ok:
        return str(status)
    payment = json.loads(body)["data"]["payment"]
    return str(payment["method"])


def told(outcome: Outcome) -> str:
    methods = ", ".join(f"{count} {name}" for name, count in outcome.methods.items() if count)
    return f"{methods}; p50 {median(outcome.seconds):.1f} s, slowest {max(outcome.seconds):.1f} s"


def rows(world: World, row: Callable[[str, str, str, bool], None]) -> None:
    """A healthy Blawby at 0.3 s a call: all at once, then steadily; then one at 2 s a call."""
    (team,) = world.teams(1)
    with (
        blawby() as stand_in,
        serving(
            world, "wsgi:app", "burst", threads=_THREADS, BLAWBY_API_URL=stand_in.url
        ) as served,
    ):
        for name, number, delay, pause, least in _ROWS:
            stand_in.delay(delay)
            marked = [intake(team, f"{delay}-{pause}-{each}") for each in range(number)]
            outcome = spread(served, marked, pause)
            made = stand_in.invoices()
            once = len({invoice["customer_id"] for invoice in made}) == len(made)
            met = outcome.methods["blawby_api"] >= least and once
            row(name, told(outcome), f"≥ {least} invoices, none twice", met)
        plain_turns(served, stand_in, team, row)


def plain_turns(
    served: Served,
    stand_in: Blawby,
    team: TeamId,
    row: Callable[[str, str, str, bool], None],
) -> None:
    """Four clients who only talk, while sixty intakes are finished and paid for."""
    said = [{"role": "user", "content": "Hello, I need help with a divorce"}]
    hello = [request("POST", "/api/agent", {"teamId": team, "messages": said})]
    alone = run(served.connections(2), hello, 3.0)
    stand_in.delay(0.3)
    with ThreadPoolExecutor(1) as pool:
        burst = pool.submit(spread, served, [intake(team, f"plain-{n}") for n in range(60)], 0.0)
        meanwhile = run(served.connections(2), hello, 3.0)
        invoices = burst.result().methods["blawby_api"]
    told = (
        f"p50 {meanwhile.p50:.1f} ms, p99 {meanwhile.p99:.0f} ms, {meanwhile.failures} failed "
        f"(alone {alone.p50:.1f} and {alone.p99:.0f} ms); {invoices} invoices"
    )
    row("plain turns while 60 intakes are paid for", told, "none fails", not meanwhile.failures)


_ROWS = (
    ("100 intakes at once, 0.3 s a call", 100, 0.3, 0.0, 98),
    ("8 intakes a second, 0.3 s a call", 80, 0.3, 0.125, 80),
    ("60 intakes at once, 2 s a call", 60, 2.0, 0.0, 55),
)
