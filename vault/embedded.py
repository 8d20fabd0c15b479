"""The embedded Vault: OpenBao from its wheel, on raft storage, unsealing itself from a key file.

Only for one's own machine and the tests: anybody who can read its state directory has full rights.
"""

import json
import secrets
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from vault.cluster import gather_voters
from vault.node import ACTIVE, STANDBY, UNINITIALISED, Node, VaultDied, local_session
from vault.ports import free_first_port, node_ports
from vault.state import StateDir, write_private

_INIT_TIMEOUT = 30
_POLL = 0.05


class EmbeddedVault:
    """A server of one or three nodes; `start` creates it on first use and keeps its data later.

    `addresses` are its nodes', `root_token` is known once it has started. `port` None: a free one.
    Start it from a thread that outlives it, because the servers are stopped when that thread ends.
    """

    def __init__(self, state_dir: Path | StateDir, port: int | None = None, nodes: int = 1) -> None:
        self._owns_state = isinstance(state_dir, Path)
        self.state = StateDir(state_dir) if isinstance(state_dir, Path) else state_dir
        self.data = self.state / ("vault-data" if nodes == 1 else f"vault-data-{nodes}")
        self._first_port = port if port is not None else free_first_port(nodes)
        ports = node_ports(self._first_port, nodes)
        self.addresses = [f"http://127.0.0.1:{each}" for each in ports]
        self._nodes = [
            Node(self.state, self.data, number, each, self.addresses)
            for number, each in enumerate(ports, start=1)
        ]
        self.root_token = ""

    @property
    def address(self) -> str:
        return self.addresses[0]

    @property
    def audit_log(self) -> Path:
        return self.state / "audit.log"

    def start(self) -> None:
        """Returns when one node is active and every one has a vote."""
        if self._owns_state:
            self.state.acquire()
        try:
            self._prepare_data()
            for node in self._nodes:
                node.start()
            self._initialise()
            for node in self._nodes:
                node.wait_for(ACTIVE, STANDBY)
            leader = self.addresses[self.wait_active() - 1]
            if len(self._nodes) > 1:
                gather_voters(leader, self.root_token, len(self._nodes))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for node in self._nodes:
            node.signal(signal.SIGTERM)
        for node in self._nodes:
            node.wait_stopped()
        if self._owns_state:
            self.state.release()

    def start_node(self, number: int = 1) -> None:
        """Start a node that was stopped or killed, and wait until it takes part again."""
        self.begin_node(number)
        self._node(number).wait_for(ACTIVE, STANDBY)

    def begin_node(self, number: int) -> None:
        """Start a node without waiting for it."""
        self._node(number).start()

    def stop_node(self, number: int = 1) -> None:
        self._node(number).signal(signal.SIGTERM)
        self._node(number).wait_stopped()

    def kill(self, number: int = 1) -> None:
        """`kill -9`, without a word to the others."""
        self._node(number).signal(signal.SIGKILL)
        self._node(number).wait_stopped()

    def pid(self, number: int = 1) -> int:
        return self._node(number).pid

    def leader(self) -> int | None:
        """The number of the node that reports to be active, or None in an election."""
        active = (n.number for n in self._nodes if n.running and n.health() == ACTIVE)
        return next(active, None)

    def wait_active(self, patience: float = 60.0) -> int:
        """The leader's number, as soon as there is one."""
        deadline = time.monotonic() + patience
        while (leader := self.leader()) is None:
            if time.monotonic() > deadline or not any(node.running for node in self._nodes):
                raise VaultDied(f"no Vault node leads; see the logs in {self.state.path}")
            time.sleep(_POLL)
        return leader

    def died(self) -> list[int]:
        """The numbers of the nodes that are not running."""
        return [node.number for node in self._nodes if not node.running]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _node(self, number: int) -> Node:
        return self._nodes[number - 1]

    def _prepare_data(self) -> None:
        """One node's data and three nodes' are separate. A cluster keeps its ports, because its
        members identify each other by them."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        if not (self.data / "seal.key").exists():
            write_private(self.data / "seal.key", secrets.token_bytes(32))
            write_private(self.data / "first-port", str(self._first_port).encode())
        made_with = int((self.data / "first-port").read_text())
        if len(self._nodes) > 1 and made_with != self._first_port:
            raise VaultDied(
                f"this cluster was made on the ports from {made_with}: set VAULT_PORT={made_with}"
            )

    def _initialise(self) -> None:
        first = self._nodes[0]
        kept = self.data / "init.json"
        if first.wait_for(ACTIVE, STANDBY, UNINITIALISED) == UNINITIALISED:
            answer = local_session().put(
                f"{first.address}/v1/sys/init",
                json={"recovery_shares": 1, "recovery_threshold": 1},
                timeout=_INIT_TIMEOUT,
            )
            answer.raise_for_status()
            write_private(kept, answer.content)
        if not kept.exists():
            raise VaultDied(f"{kept} is missing, and with it the root token: remove {self.data}")
        self.root_token = json.loads(kept.read_bytes())["root_token"]
