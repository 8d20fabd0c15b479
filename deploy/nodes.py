"""Vault's servers one by one, over calls that need no token: state, initialisation, unsealing."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import requests

from app.domain.secret import SecretString
from deploy.unseal_keys import UnsealKeys

_SHARES = 5
_THRESHOLD = 3
_TIMEOUT = 30
_STATE_TIMEOUT = 3
_POLL = 0.2


class State(Enum):
    UNREACHABLE = "does not answer"
    UNINITIALISED = "is not initialised"
    SEALED = "is sealed"
    STANDBY = "is a standby"
    ACTIVE = "is active"


_HEALTH = {200: State.ACTIVE, 429: State.STANDBY, 501: State.UNINITIALISED, 503: State.SEALED}


class VaultRefused(RuntimeError):
    """Vault did not do what was requested; the message names the request."""


@dataclass(frozen=True, slots=True)
class Node:
    """`address` is a URL; `authority` is the file with the CA certificate to verify it with."""

    address: str
    authority: str

    def state(self) -> State:
        try:
            answer = self._session().get(f"{self.address}/v1/sys/health", timeout=_STATE_TIMEOUT)
        except requests.RequestException:
            return State.UNREACHABLE
        return _HEALTH.get(answer.status_code, State.UNREACHABLE)

    def unseals_itself(self) -> bool:
        """Whether Vault uses a seal other than Shamir's shares."""
        return str(self._call("GET", "seal-status")["type"]) != "shamir"

    def initialise(self) -> UnsealKeys:
        """Initialise the whole cluster on this node. Vault does not store the returned keys."""
        kind = "recovery" if self.unseals_itself() else "secret"
        body = {f"{kind}_shares": _SHARES, f"{kind}_threshold": _THRESHOLD}
        made = self._call("PUT", "init", body)
        shares = made.get("recovery_keys_base64") or made["keys_base64"]
        return UnsealKeys(
            tuple(SecretString(share) for share in shares),
            _THRESHOLD,
            SecretString(made["root_token"]),
        )

    def unseal(self, shares: Iterable[SecretString]) -> None:
        """Raises `VaultRefused` if the node is still sealed after all keys."""
        sealed = True
        for share in shares:
            sealed = bool(self._call("PUT", "unseal", {"key": share.reveal()})["sealed"])
        if sealed:
            raise VaultRefused("unseal with these keys")

    def wait_for(self, *states: State, seconds: float = 60.0) -> State:
        """Raises `VaultRefused` where the node reaches none of the states in time."""
        deadline = time.monotonic() + seconds
        while (state := self.state()) not in states:
            if time.monotonic() > deadline:
                raise VaultRefused(f"become ready: {self.address} {state.value}")
            time.sleep(_POLL)
        return state

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._session().request(
                method, f"{self.address}/v1/sys/{path}", json=body, timeout=_TIMEOUT
            )
            answer.raise_for_status()
            return dict(answer.json())
        except (requests.RequestException, ValueError):
            raise VaultRefused(f"answer {method} sys/{path}") from None

    def _session(self) -> requests.Session:
        """A session that neither the environment nor a redirect can divert."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.authority
        session.max_redirects = 0
        return session
