"""What a turn costs with a language model that takes its time, is dead, or hangs."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import requests

from app.domain.ids import TeamId
from bench import load
from bench.world import Served, World, serving
from vault.ports import free_port

_SECONDS = 5.0
_ROUND_SECONDS = 2.0
_ANSWERS_AFTER = 0.3
_CONVERSATIONS = 20_000


class Model:
    """The sandbox's language model in a process of its own."""

    def __init__(self, directory: Path) -> None:
        file = directory / "url"
        command = [sys.executable, "-m", "sandbox.language_model", "--port", "0"]
        self._process = subprocess.Popen([*command, "--url-file", str(file)])
        while not (file.exists() and file.read_text()):
            time.sleep(0.05)
        self.url = file.read_text()

    def always(self, kind: str, value: Any, seconds: float = 0) -> None:
        script = {"kind": kind, "value": value, "seconds": seconds, "always": True}
        address = self.url.removesuffix("/v1")
        requests.post(f"{address}/_sandbox/script", json=script, timeout=10).raise_for_status()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def model() -> Iterator[Model]:
    with tempfile.TemporaryDirectory() as directory:
        stand_in = Model(Path(directory))
        try:
            yield stand_in
        finally:
            stand_in.stop()


def talks(team_id: TeamId) -> list[bytes]:
    """All different, because a worker remembers the answer to a repeat."""
    return [
        load.request(
            "POST",
            "/api/agent",
            {
                "teamId": team_id,
                "messages": [{"role": "user", "content": f"Hello, it is divorce {number}"}],
            },
        )
        for number in range(_CONVERSATIONS)
    ]


def _cpu_microseconds(served: Served, said: list[bytes]) -> float:
    """Of a turn: other work on the machine counts less in it than in a rate."""
    connections, before = served.connections(), served.cpu_seconds()
    result = load.run(connections, said, _ROUND_SECONDS)
    return (served.cpu_seconds() - before) / (result.per_second * _ROUND_SECONDS) * 1e6


def rows(world: World, row: Callable[[str, str, str, bool], None]) -> None:
    (team,) = world.teams(1)
    said = talks(team)
    with model() as stand_in:
        stand_in.always("arguments", {"words": "Thank you for telling me that."}, _ANSWERS_AFTER)
        named = {"LLM_MODEL": "sandbox", "LLM_BASE_URL": stand_in.url}
        with serving(world, "wsgi:app", "model", threads=64, **named) as served:
            load.run(served.connections(1), said[:8], 1.0)
            one = load.run(served.connections(1), said, _SECONDS)
            many = load.run(served.connections(), said[1_000:], _SECONDS)
            size = served.megabytes()
    print(f"| a turn with a model that takes {_ANSWERS_AFTER} s | {one.p50:.0f} ms | | |")
    print(f"| the same, 16 at once | {many.per_second:.0f}/s, p50 {many.p50:.0f} ms | | |")
    print(f"| worker with a model | {size:.0f} MB | | |")
    dead = {"LLM_MODEL": "none", "LLM_BASE_URL": f"http://127.0.0.1:{free_port()}/v1"}
    with (
        serving(world, "wsgi:app", "dead", threads=64, **dead) as away,
        serving(world, "wsgi:app", "plain", threads=64) as plain,
    ):
        for served in (away, plain):
            load.run(served.connections(), said[:100], 1.0)
        rounds = [
            [_cpu_microseconds(served, said[at:]) for served in (away, plain)]
            for at in range(0, 14_000, 2_000)
        ]
    dead_one, none = (median(values) for values in zip(*rounds, strict=True))
    told = f"{dead_one:.0f} µs ÷ {none:.0f} µs = {dead_one / none:.2f}"
    row("CPU of a turn with a dead model ÷ without one", told, "≤ 1.1", dead_one / none <= 1.1)
