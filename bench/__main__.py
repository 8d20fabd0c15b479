"""`make bench`: one run, one table, as ratios, because machines are noisy.

What is compared runs in turns under the same settings (gunicorn, 2 workers, 8 threads, 8
connections at each worker); a row shows the median of its rounds.
"""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from app.domain.ids import TeamId
from bench import bursts, drain, load, model, paid, slow_clients, streams
from bench.audit import loads_of
from bench.floods import floods
from bench.resolution import RawCalls, milliseconds, resolution
from bench.world import Served, World, serving
from vault.embedded import EmbeddedVault

_ROUNDS = 9
_SECONDS = 2.0
_WARM_SECONDS = 15.0
_MANY = 10_000
_OURS, _BARE, _HVAC = "wsgi:app", "bench.reference.bare:app", "bench.reference.hvac_per_request:app"


def turns(teams: Sequence[TeamId]) -> list[bytes]:
    said = [{"role": "user", "content": "Hello, I need help with a divorce"}]
    return [
        load.request("POST", "/api/agent", {"teamId": team_id, "messages": said})
        for team_id in teams
    ]


def compared(apps: Sequence[tuple[Served, Sequence[bytes]]]) -> list[tuple[float, float, float]]:
    """For each app: requests a second, p99 in ms, CPU µs a request; medians over the rounds."""
    seen: list[list[tuple[float, float, float]]] = [[] for _ in apps]
    for served, requests in apps:
        load.run(served.connections(), requests, 1.0)
    for _ in range(_ROUNDS):
        for (served, requests), rounds in zip(apps, seen, strict=True):
            connections, before = served.connections(), served.cpu_seconds()
            result = load.run(connections, requests, _SECONDS)
            if result.failures:
                sys.exit(f"{result.failures} requests failed")
            spent = (served.cpu_seconds() - before) / (result.per_second * _SECONDS)
            rounds.append((result.per_second, result.p99, spent * 1e6))
    return [tuple(median(values) for values in zip(*rounds, strict=True)) for rounds in seen]


def row(name: str, value: str, target: str, met: bool) -> None:
    print(f"| {name} | {value} | {target} | {'yes' if met else 'no'} |", flush=True)


def throughput(world: World, few: Sequence[TeamId]) -> None:
    with ExitStack() as stack:
        ours, bare, hvac = (stack.enter_context(serving(world, a)) for a in (_OURS, _BARE, _HVAC))
        idle = ours.megabytes()
        agent = turns(few)
        mine, theirs, floor = compared([(ours, agent), (bare, agent), (hvac, agent)])
        for name, (rate, p99, cpu) in (("ours", mine), ("bare Flask", theirs), ("hvac", floor)):
            print(f"| warm turn, {name} | {rate:,.0f}/s, p99 {p99:.0f} ms, {cpu:.0f} µs CPU | | |")
        ratio = mine[0] / theirs[0]
        row("warm turn ÷ bare Flask route", f"{ratio:.2f}", "≥ 0.65", ratio >= 0.65)
        row("the same by CPU", f"{theirs[2] / mine[2]:.2f}", "", True)
        ratio = mine[0] / floor[0]
        row("warm turn ÷ hvac per request", f"{ratio:.1f}", "≥ 7", ratio >= 7)
        print(f"| its ceiling: bare ÷ hvac per request | {theirs[0] / floor[0]:.1f} | | |")
        status = [load.request("GET", f"/api/team-secrets/{t}", token=world.operator) for t in few]
        mine, floor = compared([(ours, status), (hvac, status)])
        ratio = mine[0] / floor[0]
        row("GET status ÷ hvac per request", f"{ratio:.2f}", "≥ 0.9", ratio >= 0.9)
        row("worker when idle", f"{idle:.0f} MB", "≤ 70 MB", idle <= 70)


def warmed(served: Served, requests: Sequence[bytes]) -> None:
    """Until nothing is loaded any more: each worker has each team then."""
    before, loads = -1.0, 0.0
    while loads > before:
        load.run(served.connections(), requests, _WARM_SECONDS)
        before, loads = loads, served.loads()


def many_teams(world: World, few: Sequence[TeamId]) -> None:
    many = world.teams(_MANY)
    with serving(world, _OURS, "few") as one, serving(world, _OURS, "many") as other:
        requests = turns(many)
        warmed(other, requests)
        small, large = compared([(one, turns(few)), (other, requests)])
        ratio = large[0] / small[0]
        row("10,000 teams ÷ 10 teams", f"{ratio:.2f}", "≥ 0.9", ratio >= 0.9)
        size = other.megabytes()
        row("worker after 10,000 teams", f"{size:.0f} MB", "≤ 90 MB", size <= 90)


def cold(world: World) -> None:
    teams = world.teams(400)
    resolve, raw = resolution(world).resolve, RawCalls(world)
    resolve(teams[0])
    ours, theirs = milliseconds((resolve, raw), teams[2:])
    (warm,) = milliseconds((resolve,), teams[2::2])
    print(f"| resolution | cold {ours:.2f} ms, raw calls {theirs:.2f} ms, warm {warm:.4f} ms | | |")
    row("cold ÷ its raw calls", f"{ours / theirs:.2f}", "≤ 1.5", ours / theirs <= 1.5)


def at_once(world: World) -> None:
    (team_id,) = world.teams(1)
    with serving(world, _OURS, "at-once") as ours:
        load.run(ours.connections(30), turns([team_id]), 1.0)
    loads = loads_of(world.vault.audit_log, team_id)
    row("60 at once on a cold team", f"{loads} loads by 2 workers", "≤ 2", loads <= 2)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        EmbeddedVault(Path(directory) / "vault") as vault,
    ):
        world = World(vault, Path(directory) / "credentials")
        few = world.teams(10)
        print("| what | measured | target | met |\n|---|---|---|---|")
        throughput(world, few)
        cold(world)
        at_once(world)
        paid.rows(world, row)
        bursts.rows(world, row)
        slow_clients.rows(world, row)
        drain.rows(world, row)
        streams.rows(world, row)
        model.rows(world, row)
        many_teams(world, few)
        floods(world, row)


if __name__ == "__main__":
    main()
