"""How the service proves to Vault who it is: an AppRole, a JWT, or a token that an agent keeps.

Each method does one login. When to log in is the session's business (`session`).
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport
from app.adapters.vault.unwrap import WrappingRefused, unwrapped
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable

# To a wrong secret id Vault answers 400; 403 is its user lockout.
UNLOCK = "run the bootstrap, which switches user lockout off"
_REFUSALS = (Refused, NothingThere, Unauthenticated, Forbidden)
_MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Lease:
    """A token and its life in seconds, told by the monotonic clock."""

    token: SecretString
    began: float
    seconds: float

    def used(self, share: float) -> bool:
        return time.monotonic() >= self.began + self.seconds * share


class LoginRefused(Exception):
    """Vault refused the login. `outcome` is the metric's label; `why` is for the log and holds no
    secret."""

    def __init__(self, outcome: str, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome
        self.why = why


class LoginMethod(Protocol):
    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        """Raises `LoginRefused`, or `VaultUnavailable` where Vault did not answer."""
        ...

    def has_changed(self) -> bool:
        """Whether the credential was replaced since the last login: a new one is worth a try."""
        ...


class NoLogin:
    """Of a command that acts with its caller's token alone, and was given no login."""

    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        raise VaultUnavailable(
            "This needs the service's own login: set VAULT_ROLE_ID and VAULT_SECRET_ID, or what "
            "VAULT_AUTH asks for."
        )

    def has_changed(self) -> bool:
        return False


class AppRoleLogin:
    """`secret_id` may be a wrapping token (`unwrap`)."""

    def __init__(self, role_id: str, secret_id: SecretString) -> None:
        self._role_id = role_id
        self._secret_id = secret_id

    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        try:
            secret_id = unwrapped(self._secret_id, addresses, namespace)
            body = {"role_id": self._role_id, "secret_id": secret_id.reveal()}
            return _logged_in("approle", body, addresses, namespace)
        except (Unauthenticated, Forbidden):
            why = f"Vault has locked the service's login: {UNLOCK}"
            raise LoginRefused("locked", why) from None
        except (Refused, NothingThere, WrappingRefused):
            why = "Vault refused the service's login: is VAULT_SECRET_ID used up or wrong?"
            raise LoginRefused("refused", why) from None

    def has_changed(self) -> bool:
        return False


class JwtLogin:
    """A JWT in a file, which its issuer replaces before it expires: Kubernetes' projected service
    account tokens are such files."""

    def __init__(self, role: str, file: Path) -> None:
        self._role = role
        self._file = CredentialFile("VAULT_JWT_FILE", file)

    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        body = {"role": self._role, "jwt": self._file.read().reveal()}
        try:
            return _logged_in("jwt", body, addresses, namespace)
        except _REFUSALS:
            raise LoginRefused(
                "refused",
                "Vault refused the service's JWT: is it expired, for another audience or subject, "
                "or of an issuer that Vault does not know? Or is VAULT_JWT_ROLE wrong?",
            ) from None

    def has_changed(self) -> bool:
        return self._file.has_changed()


class TokenFileLogin:
    """A token that a Vault Agent, or its like, writes to a file and replaces when it ends."""

    def __init__(self, file: Path) -> None:
        self._file = CredentialFile("VAULT_TOKEN_FILE", file)

    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        """Vault is asked how long the token lives."""
        began = time.monotonic()
        token = self._file.read()
        holder = VaultTransport(addresses, token, namespace)
        try:
            seen = holder.request("get", "/v1/auth/token/lookup-self")["data"]
        except _REFUSALS:
            why = "Vault refused the token in VAULT_TOKEN_FILE: does its agent still write it?"
            raise LoginRefused("refused", why) from None
        lasting = seen.get("expire_time") is None
        return Lease(token, began, float("inf") if lasting else float(seen["ttl"]))

    def has_changed(self) -> bool:
        return self._file.has_changed()


class CredentialFile:
    """A file with one secret that somebody else replaces. It is read anew each time."""

    def __init__(self, variable: str, path: Path) -> None:
        self._variable = variable
        self._path = path
        self._seen: tuple[int, int, int] | None = None

    def read(self) -> SecretString:
        """Raises `LoginRefused` where there is no file, or none with one line of text."""
        # Before it is read, so that a file replaced meanwhile counts as changed.
        self._seen = self._state()
        try:
            with self._path.open(encoding="ascii") as file:
                text = file.read(_MOST_BYTES).strip()
        except (OSError, ValueError):
            raise LoginRefused("refused", f"{self._variable} cannot be read") from None
        if not text.isprintable() or not text:
            raise LoginRefused("refused", f"{self._variable} holds no line of text")
        return SecretString(text)

    def has_changed(self) -> bool:
        return self._state() not in (None, self._seen)

    def _state(self) -> tuple[int, int, int] | None:
        try:
            told = self._path.stat()
        except OSError:
            return None
        return told.st_ino, told.st_mtime_ns, told.st_size


def _logged_in(
    mount: str, body: dict[str, str], addresses: VaultAddresses, namespace: str | None
) -> Lease:
    began = time.monotonic()
    nobody = VaultTransport(addresses, None, namespace)
    auth = nobody.post(f"/v1/auth/{mount}/login", json=body)["auth"]
    return Lease(SecretString(auth["client_token"]), began, float(auth["lease_duration"]))
