"""The service's own login at Vault: its AppRole's token, which can mint and look up and no more."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport
from app.adapters.vault.unwrap import WrappingRefused, unwrapped
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable
from app.observability.metrics import vault_logins
from app.observability.upstreams import token_lives

T = TypeVar("T")

_RENEWED_AT = 0.66
_LOGIN_PAUSE = 60.0
_RENEWAL_PAUSE = 5.0
_NO_LOGIN = "The service cannot log in to the secret store."
# Commands that act with the caller's token alone need none.
_NO_ROLE = "This needs the service's own login: set VAULT_ROLE_ID and VAULT_SECRET_ID."
# To a wrong secret id Vault answers 400; 403 is its user lockout.
UNLOCK = "run the bootstrap, which switches user lockout off"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lease:
    """A token and its life in seconds, told by the monotonic clock."""

    token: SecretString
    began: float
    seconds: float

    def used(self, share: float) -> bool:
        return time.monotonic() >= self.began + self.seconds * share


class ServiceLogin:
    """One login at a time, renewed on use. What Vault refuses is tried once a minute at most, by
    the clock."""

    def __init__(
        self,
        addresses: VaultAddresses,
        role_id: str,
        secret_id: SecretString,
        namespace: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._addresses = addresses
        self._role_id = role_id
        self._secret_id = secret_id
        self._namespace = namespace
        self._clock = clock
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._login_from = 0.0
        self._replace_from = 0.0
        self._renew_from = 0.0

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

    def _transport(self) -> VaultTransport:
        return VaultTransport(self._addresses, self._token(), self._namespace)

    def _replaced(self, refused: VaultTransport) -> bool:
        """Whether there is another token now than the one that was refused. It is kept where there
        cannot be: a policy that comes back makes it good again."""
        with self._lock:
            if self._lease and not refused.carries(self._lease.token):
                return True
            now = self._clock()
            if now < self._replace_from:
                return False
            _log.warning("Vault refused the service's token: it logs in again")
            self._lease = self._login()
            self._replace_from = now + _LOGIN_PAUSE
            return True

    def _token(self) -> SecretString:
        lease = self._lease
        if lease is None or lease.used(1.0):
            with self._lock:
                if self._lease is None or self._lease.used(1.0):
                    self._lease = self._login()
                return self._lease.token
        # While it still serves, one renews it and the others go on with it.
        if lease.used(_RENEWED_AT) and self._lock.acquire(blocking=False):
            try:
                lease = self._lease = self._prolonged(lease)
            finally:
                self._lock.release()
        return lease.token

    def _prolonged(self, lease: Lease) -> Lease:
        """The same token for longer; past its maximum (a 500) or when refused, a new login. Where
        neither is to be had now, it serves to its end."""
        if self._clock() < self._renew_from:
            return lease
        try:
            return self._renewed(lease) or self._login()
        except VaultUnavailable:
            self._renew_from = self._clock() + _RENEWAL_PAUSE
            return lease

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
        began = time.monotonic()
        if not self._role_id:
            raise VaultUnavailable(_NO_ROLE)
        if self._clock() < self._login_from:
            raise VaultUnavailable(_NO_LOGIN)
        nobody = VaultTransport(self._addresses, None, self._namespace)
        try:
            secret_id = unwrapped(self._secret_id, self._addresses, self._namespace)
            body = {"role_id": self._role_id, "secret_id": secret_id.reveal()}
            auth = nobody.post("/v1/auth/approle/login", json=body)["auth"]
        except (Unauthenticated, Forbidden):
            raise self._refused(
                "locked", f"Vault has locked the service's login: {UNLOCK}"
            ) from None
        except (Refused, NothingThere, WrappingRefused):
            why = "Vault refused the service's login: is VAULT_SECRET_ID used up or wrong?"
            raise self._refused("refused", why) from None
        vault_logins.labels("ok").inc()
        lease = Lease(SecretString(auth["client_token"]), began, float(auth["lease_duration"]))
        token_lives(lease.seconds)
        _log.info("logged in to Vault", extra={"seconds": lease.seconds})
        return lease

    def _refused(self, outcome: str, why: str) -> VaultUnavailable:
        self._login_from = self._clock() + _LOGIN_PAUSE
        vault_logins.labels(outcome).inc()
        _log.error(why)
        return VaultUnavailable(_NO_LOGIN)
