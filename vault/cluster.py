"""The raft cluster behind an embedded server of several nodes."""

import time

from vault.node import VaultDied, local_session

_PATIENCE = 60.0
_POLL = 0.1
_TIMEOUT = 10
_AUTOPILOT = "sys/storage/raft/autopilot/configuration"
_MEMBERS = "sys/storage/raft/configuration"


def gather_voters(leader: str, token: str, nodes: int) -> None:
    """Wait until every node has a vote: before that, the leader's death would end the cluster.

    By default Vault lets a node vote after ten quiet seconds; on one machine one is enough.
    """
    session = local_session()
    session.headers["X-Vault-Token"] = token
    settings = {"server_stabilization_time": "1s"}
    session.post(f"{leader}/v1/{_AUTOPILOT}", json=settings, timeout=_TIMEOUT).raise_for_status()
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        answer = session.get(f"{leader}/v1/{_MEMBERS}", timeout=_TIMEOUT)
        answer.raise_for_status()
        members = answer.json()["data"]["config"]["servers"]
        if sum(member["voter"] for member in members) == nodes:
            return
        time.sleep(_POLL)
    raise VaultDied("the nodes of the cluster did not find together")
