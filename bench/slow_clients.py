"""What slow clients cost the others, and what threads cost in memory."""

import socket
from collections.abc import Callable
from statistics import median

from bench import load
from bench.world import Served, World, serving

_MANY = 300
_ROUNDS = 5
_SECONDS = 2.0
_THREADS = 64
_OURS = "wsgi:app"
# Nothing, half a head, half a body.
_BEGUN = (
    b"",
    b"POST /api/agent HTTP/1.1\r\nHost: x\r\n",
    load.request("POST", "/api/agent", {})[:-1],
)
Row = Callable[[str, str, str, bool], None]


def rows(world: World, row: Row) -> None:
    probes = [load.request("GET", "/healthz")]
    with serving(world, _OURS, "slow", threads=_THREADS) as ours:
        alone, among = [], []
        for _ in range(_ROUNDS):
            alone.append(load.run(ours.connections(), probes, _SECONDS))
            slow = _slow_clients(ours)
            among.append(load.run(ours.connections(), probes, _SECONDS))
            for client in slow:
                client.close()
        failures = sum(result.failures for result in among)
        for name, results in (("alone", alone), (f"among {_MANY} slow clients", among)):
            p50, p99 = median(r.p50 for r in results), median(r.p99 for r in results)
            print(f"| /healthz {name} | p50 {p50:.1f} ms, p99 {p99:.1f} ms | | |")
        ratio = median(r.p99 for r in among) / median(r.p99 for r in alone)
        row(
            "p99 among slow clients ÷ alone", f"{ratio:.2f}", "≤ 1.5", ratio <= 1.5 and not failures
        )
    with serving(world, _OURS, "threads", threads=_THREADS) as ours:
        idle = ours.megabytes()
        load.run(ours.connections(2 * _THREADS), probes, _SECONDS)
        busy, threads = ours.megabytes(), ours.threads()
        told = f"{busy:.0f} MB with {threads} threads (idle {idle:.0f} MB)"
        row("worker after a burst", told, "≤ 80 MB", busy <= 80)


def _slow_clients(served: Served) -> list[socket.socket]:
    clients = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(_MANY)]
    for number, client in enumerate(clients):
        client.sendall(_BEGUN[number % len(_BEGUN)])
    return clients
