"""A load at a pace of its own: what is due is sent when it is due, however slow the answers are."""

import json
import select
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from bench.load import Connection

_CONNECTIONS = 64


@dataclass
class Outcome:
    """`seconds` from the moment at which each request was due."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)

    def p99(self) -> float:
        """Milliseconds."""
        return quantiles(self.seconds, n=100)[98] * 1000

    def note(self, due: float, status: int, body: bytes) -> None:
        self.statuses[status] += 1
        self.seconds.append(time.perf_counter() - due)
        if status == 200 and (payment := json.loads(body)["data"]["payment"]):
            self.payments.append(payment)


def paced(port: int, requests: Iterable[bytes], per_second: float) -> Outcome:
    """Sends all of them, and waits for all answers. One that is due while every connection waits
    for an answer is sent late, and its time counts from when it was due."""
    told, poll = Outcome(), select.epoll()
    # Used in turns: one that idles for seconds is closed by the server.
    idle = deque(Connection(port) for _ in range(_CONNECTIONS))
    clients = {client.socket.fileno(): client for client in idle}
    for number in clients:
        poll.register(number, select.EPOLLIN)
    waiting: dict[Connection, float] = {}
    due, left = time.perf_counter(), iter(requests)
    following = next(left, None)
    while following or waiting:
        while following and idle and due <= time.perf_counter():
            client = idle.popleft()
            client.send(following)
            waiting[client], following, due = due, next(left, None), due + 1 / per_second
        for number, _ in poll.poll(0.001 if following else 1):
            client = clients[number]
            status = client.answer()
            if status is not None:
                told.note(waiting.pop(client), status, client.body)
                idle.append(client)
    for client in clients.values():
        client.socket.close()
    return told
