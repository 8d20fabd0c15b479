"""The lasting process behind `init`: initialises Vault once, prepares it, unseals it.

It unseals with the kept keys only. Where the operator has moved them away, it says so and waits.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hvac.exceptions import VaultError
from requests import RequestException

from deploy.nodes import Node, State, VaultRefused
from deploy.preparing import Preparation
from deploy.unseal_keys import KeyFile, NoUnsealKeys, UnsealKeys
from deploy.watcher import WatcherToken
from vault.reconcile import BootstrapError

_PAUSE = 2.0
_OPEN = {State.ACTIVE, State.STANDBY}
_NO_KEYS = (
    "the unseal keys are not here. Unseal Vault by hand, or put them back for a moment with "
    "`docker compose exec -T init python -m deploy keep-keys < unseal-keys.json`"
)
_BLIND = (
    "Prometheus has no token for Vault that works: "
    "MetricsMissing in docs/runbook.md gives it another"
)
_EMPTY = (
    "Vault has no data, but unseal keys are kept: restore a snapshot, or remove the keys to begin "
    "with nothing"
)


@dataclass(slots=True)
class Keeper:
    """`say` gets a line when something changes; the file `well` exists while all is well."""

    nodes: list[Node]
    key_file: KeyFile
    preparation: Preparation
    watcher: WatcherToken
    say: Callable[[str], None]
    well: Path
    _last: str = field(default="", init=False)
    _all_vote: bool = field(default=False, init=False)

    def run(self) -> None:
        while True:
            self.look_once()
            time.sleep(_PAUSE)

    def look_once(self) -> None:
        try:
            trouble = self._tend()
        except (NoUnsealKeys, BootstrapError) as failure:
            trouble = str(failure)
        except VaultRefused as failure:
            trouble = f"Vault did not {failure}"
        except (VaultError, RequestException) as failure:
            trouble = f"Vault did not take it ({type(failure).__name__})"
        if trouble:
            self.well.unlink(missing_ok=True)
        else:
            self.well.touch()
        news = trouble or "Vault is unsealed and prepared"
        if news != self._last:
            self.say(news)
            self._last = news

    def _tend(self) -> str:
        """One step towards a working Vault; returns what is still amiss."""
        states = [node.state() for node in self.nodes]
        if all(state is State.UNINITIALISED for state in states):
            self._initialise()
            return "Vault is initialised"
        for node, state in zip(self.nodes, states, strict=True):
            if state is State.SEALED and not node.unseals_itself():
                node.unseal(self._kept_keys().enough)
        if State.ACTIVE in states and not self.preparation.is_done():
            self._prepare()
        amiss = [
            f"{node.address} {state.value}"
            for node, state in zip(self.nodes, states, strict=True)
            if state not in _OPEN
        ]
        if State.ACTIVE in states and self.watcher.is_due():
            self._renew_watcher()
        if not amiss and State.ACTIVE not in states:
            amiss.append("no node of Vault is active")
        self._all_vote = not amiss and (self._all_vote or self._have_a_vote())
        if not amiss and not self._all_vote:
            amiss.append("not every node of Vault has a vote yet")
        return "; ".join(amiss)

    def _have_a_vote(self) -> bool:
        """Whether all nodes do: Vault gives a new one its vote after ten quiet seconds, and until
        then the leader's death would end the cluster."""
        if len(self.nodes) == 1:
            return True
        answer = self.preparation.access.maintenance().read("sys/storage/raft/configuration")
        servers = answer["data"]["config"]["servers"]
        return [server["voter"] for server in servers].count(True) == len(self.nodes)

    def _renew_watcher(self) -> None:
        """That Vault cannot be watched is said, and makes nothing else unwell."""
        if not self.watcher.renew():
            self.say(_BLIND)

    def _initialise(self) -> None:
        """Never over kept keys: they may be the only ones that open a backup."""
        if self.key_file.read():
            raise BootstrapError(_EMPTY)
        self.preparation.forget()
        self.key_file.write(self.nodes[0].initialise())
        self.say(f"The unseal keys are in {self.key_file.path}: move them away")

    def _prepare(self) -> None:
        keys = self._kept_keys()
        for change in self.preparation.run(keys):
            self.say(change)
        if keys.root_token:
            self.key_file.write(keys.without_root_token())

    def _kept_keys(self) -> UnsealKeys:
        keys = self.key_file.read()
        if keys is None:
            raise NoUnsealKeys(_NO_KEYS)
        return keys
