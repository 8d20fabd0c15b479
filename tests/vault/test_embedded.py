"""The embedded server: it keeps what it has, alone and as three, and leaves nothing running."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest

from tests.frozen import frozen, state_of
from tests.waiting import eventually
from vault.embedded import EmbeddedVault
from vault.node import ACTIVE, VaultDied, local_session
from vault.ports import cluster_port, free_first_port, free_port, is_free, vault_ports
from vault.state import StateDir, StateInUse

ROOT = Path(__file__).parents[2]


def client_of(server: EmbeddedVault, number: int = 1) -> hvac.Client:
    return hvac.Client(server.addresses[number - 1], token=server.root_token)


def ended(pid: int) -> bool:
    """Whether a process is gone (or a corpse that its parent has yet to bury)."""
    try:
        return state_of(pid) == "Z"
    except FileNotFoundError:
        return True


def test_another_start_another_port_and_a_crash_keep_the_data(tmp_path: Path) -> None:
    with EmbeddedVault(tmp_path) as server:
        token, port = server.root_token, int(server.address.rpartition(":")[2])
        client_of(server).write_data("cubbyhole/kept", data={"what": "this"})
        pid = server.pid()
        assert (tmp_path / "vault-1.pid").read_text() == str(pid)
    assert ended(pid)
    assert not (tmp_path / "vault-1.pid").exists()
    with EmbeddedVault(tmp_path) as server:
        assert server.root_token == token
        assert int(server.address.rpartition(":")[2]) != port
        assert client_of(server).read("cubbyhole/kept")["data"] == {"what": "this"}
        server.kill()
        assert server.died() == [1]
        server.start_node()
        assert server.wait_active() == 1
        assert client_of(server).read("cubbyhole/kept")["data"] == {"what": "this"}


def test_what_it_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    with EmbeddedVault(state) as server:
        assert state.stat().st_mode & 0o777 == 0o700
        for name in ("audit.log", "vault-1.hcl", "vault-1.log", "vault-1.pid"):
            assert (state / name).stat().st_mode & 0o777 == 0o600, name
        for name in ("init.json", "seal.key"):
            assert (server.data / name).stat().st_mode & 0o777 == 0o600, name
        assert server.data.stat().st_mode & 0o777 == 0o700
        assert server.root_token in (server.data / "init.json").read_text()
        assert server.root_token not in repr(server)
        log = (state / "vault-1.log").read_text()
        assert server.root_token not in log + server.audit_log.read_text()


def test_it_listens_on_loopback_with_ui_and_audit_log(bare_vault: EmbeddedVault) -> None:
    assert bare_vault.address.startswith("http://127.0.0.1:")
    answer = local_session().get(f"{bare_vault.address}/ui/", timeout=10)
    assert answer.ok
    client_of(bare_vault).read("sys/mounts")
    assert '"path":"sys/mounts"' in bare_vault.audit_log.read_text()


def test_its_metrics_are_on_and_for_a_token_alone(bare_vault: EmbeddedVault) -> None:
    url = f"{bare_vault.address}/v1/sys/metrics?format=prometheus"
    token = {"X-Vault-Token": bare_vault.root_token}
    answer = local_session().get(url, headers=token, timeout=10)
    assert "\nvault_core_" in answer.text
    assert local_session().get(url, timeout=10).status_code == 403


@pytest.mark.parametrize("name", ["with blank", "jürgen", "100%25 %20", 'quote " and \\', "${x}"])
def test_it_starts_in_a_directory_of_any_name(tmp_path: Path, name: str) -> None:
    with EmbeddedVault(tmp_path / name) as server:
        assert client_of(server).read("sys/mounts")["data"]
        assert server.audit_log.parent == tmp_path / name
        assert server.audit_log.stat().st_size


def test_two_do_not_share_a_state_directory(tmp_path: Path) -> None:
    """The owner is asked for by its process: here that is another one, and lives until its standard
    input ends (pytest's own has ended already)."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StateInUse, match=f"in use \\(process {holder.pid}\\)"):
        EmbeddedVault(tmp_path).start()
    holder.kill()
    holder.wait()
    StateDir(tmp_path).acquire()


_HOLD = """
import sys, pathlib
from vault.state import StateDir
state = StateDir(pathlib.Path(sys.argv[1]))
state.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_nothing_is_left_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWN, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    pid = int(owner.stdout.readline())
    assert not ended(pid)
    owner.kill()
    owner.wait()
    # The directory is free when the last process that inherited its lock has ended.
    with EmbeddedVault(tmp_path) as server:
        assert ended(pid)
        assert server.leader() == 1


_OWN = """
import sys, pathlib
from vault.embedded import EmbeddedVault
server = EmbeddedVault(pathlib.Path(sys.argv[1]))
server.start()
print(server.pid(), flush=True)
sys.stdin.read()
"""


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    port = free_first_port()
    with (
        EmbeddedVault(tmp_path / "one", port),
        pytest.raises(VaultDied, match=f"port {port} is busy"),
    ):
        EmbeddedVault(tmp_path / "two", port).start()


def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    server = EmbeddedVault(tmp_path)
    server.data.mkdir()
    (server.data / "seal.key").write_text("too short")
    (server.data / "first-port").write_text("1")
    with pytest.raises(VaultDied, match=r"vault-1\.log"):
        server.start()


def test_a_lost_root_token_is_said(tmp_path: Path) -> None:
    with EmbeddedVault(tmp_path) as server:
        pass
    (server.data / "init.json").unlink()
    with pytest.raises(VaultDied, match=r"init\.json is missing"):
        EmbeddedVault(tmp_path).start()
    assert server.died() == [1]


def test_a_cluster_stays_on_its_ports(tmp_path: Path) -> None:
    server = EmbeddedVault(tmp_path, free_first_port(3), nodes=3)
    server.data.mkdir()
    (server.data / "seal.key").write_bytes(b"x" * 32)
    (server.data / "first-port").write_text("8200")
    with pytest.raises(VaultDied, match="set VAULT_PORT=8200"):
        server.start()


def test_its_ports_leave_a_neighbour_the_next_one() -> None:
    assert vault_ports(8200, 1) == [8200, 8207]
    assert vault_ports(8200, 3) == [8200, 8207, 8210, 8217, 8220, 8227]
    assert not set(vault_ports(8200, 3)) & set(vault_ports(8201, 3))
    assert cluster_port(8200) == 8207
    assert is_free(free_port())


def test_nobody_else_is_given_a_free_port_before_it_is_used() -> None:
    """The system gives ports from 32768 on to clients and to servers that ask for any; and a port
    that is not used yet is not given twice."""
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == len(ports)
    assert max(ports) < 32_768


# --- Three nodes


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedVault]:
    with EmbeddedVault(Path(tmp_path_factory.mktemp("three")), nodes=3) as server:
        yield server


def test_a_standby_answers_no_reads_of_its_own(three: EmbeddedVault) -> None:
    """It sends one to the leader: what it would answer may lag."""
    leader = three.wait_active()
    standby = three.addresses[next(number for number in (1, 2, 3) if number != leader) - 1]
    with frozen(three.pid(leader)):
        health = local_session().get(f"{standby}/v1/sys/health?standbyok=true", timeout=5)
        assert health.status_code == ACTIVE
        assert health.json()["standby"]
        token = {"X-Vault-Token": three.root_token}
        with pytest.raises(OSError, match="timed out"):
            local_session().get(f"{standby}/v1/sys/mounts", headers=token, timeout=0.5)


def keeps(three: EmbeddedVault) -> bool:
    """Whether the leader takes a write: one that was frozen may lose the lead a moment later."""
    try:
        leader = client_of(three, three.wait_active())
        leader.write_data("cubbyhole/kept", data={"what": "this"})
    except hvac.exceptions.VaultError:
        return False
    return True


def test_three_survive_the_leaders_sudden_death(three: EmbeddedVault) -> None:
    eventually(lambda: keeps(three))
    first = three.wait_active()
    raft = client_of(three, first).read("sys/storage/raft/configuration")["data"]["config"]
    assert [each["voter"] for each in raft["servers"]] == [True, True, True]
    three.kill(first)
    assert three.died() == [first]
    second = three.wait_active()
    assert second != first
    assert client_of(three, second).read("cubbyhole/kept")["data"] == {"what": "this"}
    three.start_node(first)
    assert three.died() == []
