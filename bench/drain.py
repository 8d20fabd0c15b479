"""`python -m bench.drain`: two instances behind a real nginx, each ended and started in turn under
load; also HUP and USR2. What nginx could not answer is counted. Needs nginx on the machine."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from app.domain.ids import TeamId
from bench.world import ROOT, World
from vault.embedded import EmbeddedVault
from vault.ports import free_port

_DRAIN_SECONDS = "5"
_CLIENTS = 16
_ROUNDS = 2
_SETTLE_SECONDS = 3.0
_NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
_CONFIG = """
daemon off; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
    upstream app {{
        server 127.0.0.1:{one} max_fails=1 fail_timeout=2s;
        server 127.0.0.1:{two} max_fails=1 fail_timeout=2s;
        keepalive 32; keepalive_timeout 3s;
    }}
    server {{
        listen 127.0.0.1:{front};
        location / {{
            proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_connect_timeout 3s; proxy_next_upstream error timeout;
        }}
    }}
}}
"""
Row = Callable[[str, str, str, bool], None]


class Instance:
    """One gunicorn at a port, which can be started again there."""

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self.port = port
        self._log = world.directory / f"instance-{port}.log"
        self.start()

    def start(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", bind]
        environ = self._world.environ(f"drain-{self.port}") | {"DRAIN_SECONDS": _DRAIN_SECONDS}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "wsgi:app"], cwd=ROOT, env=environ, stdout=log, stderr=log
            )
        while not self.is_ready():
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/readyz/traffic"
            return requests.get(url, timeout=1).status_code == requests.codes.ok
        except requests.RequestException:
            return False

    def restart(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        self.start()

    def reload(self) -> None:
        self._process.send_signal(signal.SIGHUP)
        time.sleep(_SETTLE_SECONDS)

    def upgrade(self) -> None:
        """USR2 and, when the new master serves, TERM of the old one; its child goes on alone."""
        starts = self._log.read_text().count('"event":"started"')
        self._process.send_signal(signal.SIGUSR2)
        while self._log.read_text().count('"event":"started"') == starts:
            time.sleep(0.05)
        time.sleep(_SETTLE_SECONDS)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        masters = [int(pid) for pid in children.split() if _has_children(int(pid))]
        self._process.terminate()
        self._process.wait(60)
        os.kill(masters[-1], signal.SIGTERM)
        while Path(f"/proc/{masters[-1]}").exists():
            time.sleep(0.05)
        self.start()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)


def _has_children(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text())


class Clients:
    """POST after POST through nginx, each client on one kept connection."""

    def __init__(self, front: int, team_id: TeamId) -> None:
        self.statuses: Counter[str] = Counter()
        self.slowest = 0.0
        self._url = f"http://127.0.0.1:{front}/api/agent"
        said = [{"role": "user", "content": "Hello, I need help with a divorce"}]
        self._body = {"teamId": team_id, "messages": said}
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(_CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._ends.is_set():
                began = time.perf_counter()
                try:
                    status = str(session.post(self._url, json=self._body, timeout=60).status_code)
                except requests.RequestException as error:
                    status = type(error).__name__
                self.slowest = max(self.slowest, time.perf_counter() - began)
                self.statuses[status] += 1


@contextmanager
def nginx(directory: Path, one: int, two: int) -> Iterator[int]:
    front = free_port()
    config = directory / "nginx.conf"
    directory.mkdir(exist_ok=True)
    config.write_text(_CONFIG.format(directory=directory, one=one, two=two, front=front))
    process = subprocess.Popen([str(_NGINX), "-c", str(config), "-e", str(directory / "error.log")])
    try:
        time.sleep(0.5)
        yield front
    finally:
        process.terminate()
        process.wait(10)


def rows(world: World, row: Row) -> None:
    if _NGINX is None:
        print("| draining behind nginx | nginx is not on this machine | | |")
        return
    (team_id,) = world.teams(1)
    pair = [Instance(world, free_port()) for _ in range(2)]
    try:
        with nginx(world.directory / "nginx", *(each.port for each in pair)) as front:
            for name, change in (
                ("TERM and start", Instance.restart),
                ("HUP", Instance.reload),
                ("USR2, then TERM", Instance.upgrade),
            ):
                _measure(name, [lambda c=change, i=i: c(i) for i in pair], front, team_id, row)
    finally:
        for each in pair:
            each.stop()


def _measure(
    name: str, changes: list[Callable[[], None]], front: int, team_id: TeamId, row: Row
) -> None:
    clients = Clients(front, team_id)
    for change in changes * _ROUNDS:
        time.sleep(_SETTLE_SECONDS)
        change()
    time.sleep(_SETTLE_SECONDS)
    clients.stop()
    total = clients.statuses.total()
    lost = total - clients.statuses["200"]
    told = f"{lost} of {total:,} requests, slowest {clients.slowest:.1f} s"
    row(f"lost behind nginx: {name} of each of two, twice", told, "0", lost == 0)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        EmbeddedVault(Path(directory) / "vault") as vault,
    ):
        world = World(vault, Path(directory) / "credentials")
        rows(world, lambda *cells: print("|", " | ".join(map(str, cells)), "|", flush=True))


if __name__ == "__main__":
    main()
