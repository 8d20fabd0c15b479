"""The service's own session at Vault: one token for all threads, renewed and replaced in time.

`login_methods` says how the service proves who it is.
"""

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import TypeVar

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.login_methods import Lease, LoginMethod, LoginRefused
from app.adapters.vault.transport import Refused, VaultTransport
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable
from app.observability.metrics import vault_logins
from app.observability.upstreams import token_lives

T = TypeVar("T")

_RENEWED_AT = 0.66
_LOGIN_PAUSE = 60.0
_RENEWAL_PAUSE = 5.0
_NO_LOGIN = "The service cannot log in to the secret store."
_log = logging.getLogger(__name__)


class ServiceLogin:
    """One login at a time, renewed on use. What Vault refuses is tried again when the credential
    was replaced, and otherwise once a minute at most, by the clock."""

    def __init__(
        self,
        addresses: VaultAddresses,
        method: LoginMethod,
        namespace: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._addresses = addresses
        self._method = method
        self._namespace = namespace
        self._clock = clock
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._login_from = -inf
        self._replace_from = -inf
        self._renew_from = -inf

    def run(self, call: Callable[[VaultTransport], T]) -> T:
        """`call` with Vault as the service itself; once more after a new login where the token was
        refused. A second refusal is an outage of ours, never the caller's fault."""
        transport = self._transport()
        try:
            return call(transport)
        except (Unauthenticated, Forbidden):
            if not self._replaced(transport):
                raise VaultUnavailable from None
        try:
            return call(self._transport())
        except (Unauthenticated, Forbidden):
            _log.error("Vault refuses what the service has to do: look at its policy")
            raise VaultUnavailable from None

    def wait(self, is_over: Callable[[float], bool]) -> None:
        """Wait for what another thread calls as the service: see `Places.wait`."""
        self._addresses.wait(is_over)

    def _transport(self) -> VaultTransport:
        return VaultTransport(self._addresses, self._token(), self._namespace)

    def _replaced(self, refused: VaultTransport) -> bool:
        """Whether there is another token now than the one that was refused. It is kept where there
        cannot be: a policy that comes back makes it good again."""
        with self._lock:
            if self._lease and not refused.carries(self._lease.token):
                return True
            now = self._clock()
            if now < self._replace_from and not self._method.has_changed():
                return False
            _log.warning("Vault refused the service's token: it logs in again")
            self._lease = self._login()
            self._replace_from = now + _LOGIN_PAUSE
            return True

    def _token(self) -> SecretString:
        lease = self._lease
        if lease is None or lease.used(1.0):
            # Others wait for the login as they would for a call.
            self.wait(lambda seconds: self._lock.acquire(timeout=seconds))
            try:
                if self._lease is None or self._lease.used(1.0):
                    self._lease = self._login()
                return self._lease.token
            finally:
                self._lock.release()
        # While it still serves, one renews it and the others go on with it.
        due = lease.used(_RENEWED_AT) or self._method.has_changed()
        if due and self._lock.acquire(blocking=False):
            try:
                lease = self._lease = self._prolonged(lease)
            finally:
                self._lock.release()
        return lease.token

    def _prolonged(self, lease: Lease) -> Lease:
        """The same token for longer. A new login where the credential was replaced, and where Vault
        does not renew the token (past its maximum it answers 500). Where neither is to be had now,
        the token serves to its end."""
        if self._clock() < self._renew_from:
            return lease
        try:
            renewed = None if self._method.has_changed() else self._renewed(lease)
            later = renewed or self._login()
        except VaultUnavailable:
            self._renew_from = self._clock() + _RENEWAL_PAUSE
            return lease
        # Whoever keeps a token in a file has not replaced it yet.
        if renewed is None and later.token == lease.token:
            self._renew_from = self._clock() + _RENEWAL_PAUSE
        return later

    def _renewed(self, lease: Lease) -> Lease | None:
        began = time.monotonic()
        transport = VaultTransport(self._addresses, lease.token, self._namespace)
        try:
            auth = transport.post("/v1/auth/token/renew-self")["auth"]
        except (VaultUnavailable, Refused, Unauthenticated, Forbidden):
            return None
        renewed = Lease(lease.token, began, float(auth["lease_duration"]))
        if renewed.seconds <= lease.seconds * _RENEWED_AT:
            return None
        token_lives(renewed.seconds)
        return renewed

    def _login(self) -> Lease:
        if self._clock() < self._login_from and not self._method.has_changed():
            raise VaultUnavailable(_NO_LOGIN)
        try:
            lease = self._method.log_in(self._addresses, self._namespace)
        except LoginRefused as refusal:
            self._login_from = self._clock() + _LOGIN_PAUSE
            vault_logins.labels(refusal.outcome).inc()
            _log.error(refusal.why)
            raise VaultUnavailable(_NO_LOGIN) from None
        vault_logins.labels("ok").inc()
        token_lives(lease.seconds)
        _log.info("logged in to Vault", extra={"seconds": lease.seconds})
        return lease
