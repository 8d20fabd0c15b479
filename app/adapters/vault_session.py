"""The service's own login at Vault: its AppRole's token, which can mint and look up and no more."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hvac.exceptions import InvalidPath, InvalidRequest

from app.adapters.vault_addresses import VaultAddresses
from app.adapters.vault_transport import VaultTransport
from app.errors import Forbidden, Unauthenticated, VaultUnavailable
from app.secret import SecretString

T = TypeVar("T")

_RENEWED_AT = 0.66
_LOGIN_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A token and its life in seconds, told by the monotonic clock."""

    token: SecretString
    began: float
    seconds: float

    def used(self, share: float) -> bool:
        return time.monotonic() >= self.began + self.seconds * share


class ServiceLogin:
    """One login at a time, renewed on use; what Vault refuses is tried once a minute at most."""

    def __init__(
        self,
        addresses: VaultAddresses,
        role_id: str,
        secret_id: SecretString,
        namespace: str | None = None,
    ) -> None:
        self._addresses = addresses
        self._role_id = role_id
        self._secret_id = secret_id
        self._namespace = namespace
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._refused_until = 0.0
        self._dropped_at = -_LOGIN_PAUSE
        self.logins = 0

    def run(self, call: Callable[[VaultTransport], T]) -> T:
        """`call` with Vault as the service itself; once more after a new login where the token was
        refused. A second refusal is an outage of ours, never the caller's fault."""
        transport = self._transport()
        try:
            return call(transport)
        except (Unauthenticated, Forbidden):
            self._drop(transport)
        try:
            return call(self._transport())
        except (Unauthenticated, Forbidden):
            raise VaultUnavailable from None

    def _transport(self) -> VaultTransport:
        return VaultTransport(self._addresses, self._token(), self._namespace)

    def _drop(self, refused: VaultTransport) -> None:
        with self._lock:
            if self._lease is None or not refused.carries(self._lease.token):
                return
            self._lease = None
            now = time.monotonic()
            if now < self._dropped_at + _LOGIN_PAUSE:
                self._refused_until = self._dropped_at + _LOGIN_PAUSE
            else:
                self._dropped_at = now

    def _token(self) -> SecretString:
        lease = self._lease
        if lease and not lease.used(_RENEWED_AT):
            return lease.token
        with self._lock:
            lease = self._lease
            if lease is None or lease.used(1.0):
                lease = self._login()
            elif lease.used(_RENEWED_AT):
                lease = self._renew(lease)
            self._lease = lease
            return lease.token

    def _login(self) -> Lease:
        now = time.monotonic()
        if now < self._refused_until:
            raise VaultUnavailable("The service cannot log in to the secret store.")
        nobody = VaultTransport(self._addresses, None, self._namespace)
        body = {"role_id": self._role_id, "secret_id": self._secret_id.reveal()}
        try:
            answer = nobody.post("/v1/auth/approle/login", json=body)
        except (InvalidRequest, InvalidPath, Unauthenticated, Forbidden):
            self._refused_until = now + _LOGIN_PAUSE
            raise VaultUnavailable("The service cannot log in to the secret store.") from None
        self.logins += 1
        auth = answer["auth"]
        return Lease(SecretString(auth["client_token"]), now, float(auth["lease_duration"]))

    def _renew(self, lease: Lease) -> Lease:
        """The same token for longer; past its maximum (a 500) or when refused, a new login."""
        now = time.monotonic()
        transport = VaultTransport(self._addresses, lease.token, self._namespace)
        try:
            auth = transport.post("/v1/auth/token/renew-self")["auth"]
        except (VaultUnavailable, InvalidRequest, Unauthenticated, Forbidden):
            return self._login()
        renewed = Lease(lease.token, now, float(auth["lease_duration"]))
        return renewed if renewed.seconds > lease.seconds * _RENEWED_AT else self._login()
