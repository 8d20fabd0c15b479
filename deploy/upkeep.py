"""Tasks of the day after: another secret id for the service, a snapshot, and its restoration."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import hvac

from deploy.access import Access
from deploy.nodes import Node, State, VaultRefused
from deploy.unseal_keys import UnsealKeys
from vault.state import write_private
from vault.wanted import SERVICE_ROLE, STAFF_AUTH

_ROLE = f"auth/{STAFF_AUTH}/role/{SERVICE_ROLE}"
_CHUNK = 1 << 16


def rotate_secret_id(maintenance: hvac.Client, credentials: Path) -> None:
    """Give the service another secret id. The old one works until `retire_secret_ids`."""
    answer = maintenance.write_data(f"{_ROLE}/secret-id", data={})
    write_private(credentials / "secret-id", answer["data"]["secret_id"].encode())


def retire_secret_ids(maintenance: hvac.Client, credentials: Path) -> int:
    """Destroy every secret id of the service except the one in the file; return their number."""
    current = {"secret_id": (credentials / "secret-id").read_text()}
    found = maintenance.write_data(f"{_ROLE}/secret-id/lookup", data=current)
    if not isinstance(found, dict) or not found.get("data"):
        raise VaultRefused("know the secret id in use: nothing was retired")
    in_use = found["data"]["secret_id_accessor"]
    accessors = maintenance.list(f"{_ROLE}/secret-id")["data"]["keys"]
    old = [accessor for accessor in accessors if accessor != in_use]
    for accessor in old:
        body = {"secret_id_accessor": accessor}
        maintenance.write_data(f"{_ROLE}/secret-id-accessor/destroy", data=body)
    return len(old)


def snapshot(maintenance: hvac.Client) -> Iterator[bytes]:
    """All of Vault's data, encrypted under the unseal keys, in pieces."""
    answer = maintenance.sys.take_raft_snapshot()
    yield from answer.iter_content(_CHUNK)


def restore(first: Node, access: Access, kept: UnsealKeys, content: BinaryIO) -> None:
    """Restore a snapshot into an empty Vault, which then opens with the keys of the snapshot.

    The empty Vault is initialised with keys that are discarded. Raises `VaultRefused` if Vault is
    not empty, so that nothing is overwritten.
    """
    if first.wait_for(*set(State) - {State.UNREACHABLE}) is not State.UNINITIALISED:
        raise VaultRefused("start empty: remove its data volume first")
    passing = first.initialise()
    if passing.root_token is None:
        raise VaultRefused("give a root token")
    if not first.unseals_itself():
        first.unseal(passing.enough)
    first.wait_for(State.ACTIVE)
    root = access.client(passing.root_token)
    root.sys.force_restore_raft_snapshot(content)
    first.wait_for(State.SEALED, State.ACTIVE)
    if not first.unseals_itself():
        first.unseal(kept.enough)
    first.wait_for(State.ACTIVE)
