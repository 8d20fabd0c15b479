"""Prepares an initialised Vault as root: policies, the service's login, an operator's login."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import hvac

import vault
from deploy.access import Access
from deploy.nodes import VaultRefused
from deploy.places import Places
from deploy.unseal_keys import UnsealKeys
from deploy.watcher import WatcherToken
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.reconcile import Reconciler, Report
from vault.state import write_private

AUDIT_FILE = "/vault/logs/audit.log"
_USERPASS = "userpass"
_OPERATOR = "operator"
_OPERATOR_ENTITY = "first-operator"
_WORKDAY = "12h"
_POLL = 0.2


@dataclass(frozen=True, slots=True)
class Preparation:
    """What this release wants in Vault, and whether Vault has it."""

    access: Access
    places: Places
    mount: str

    def is_done(self) -> bool:
        """Whether this release's policies and roles were applied before."""
        return self._mark.exists() and self._mark.read_text() == _wanted_digest()

    def wait(self, seconds: float) -> None:
        """Until `init` has applied them. Raises `VaultRefused` after these seconds."""
        deadline = time.monotonic() + seconds
        while not self.is_done():
            if time.monotonic() > deadline:
                raise VaultRefused("get this release's policies: the log of init says why")
            time.sleep(_POLL)

    def forget(self) -> None:
        """Vault is empty: nothing was applied to it."""
        self._mark.unlink(missing_ok=True)

    def run(self, keys: UnsealKeys) -> list[str]:
        """Applies them as root, and returns the changes in words. The root token is revoked."""
        with self.access.root(keys) as root:
            report = bootstrap(root, self.mount, AUDIT_FILE)
            issue(root, report, self.places.credentials, metrics_token=True)
            WatcherToken.copy(self.places)
            self.access.keep_maintenance_login(root)
            # Later, the operators may have removed that login for their own.
            first_time = not self._mark.exists()
            if first_time and _first_operator(root, self.places.keys / "operator-password"):
                report.changes.append(f"login {_OPERATOR}: created, its password is kept")
        write_private(self._mark, _wanted_digest().encode())
        return report.changes + report.notes

    @property
    def _mark(self) -> Path:
        return self.places.keys / "prepared"


def _first_operator(root: hvac.Client, password_file: Path) -> bool:
    """A person's login with the policy `operator`; whether it had to be made."""
    methods = root.read("sys/auth")["data"]
    if f"{_USERPASS}/" not in methods:
        root.write_data(f"sys/auth/{_USERPASS}", data={"type": _USERPASS})
    user = f"auth/{_USERPASS}/users/{_OPERATOR}"
    if root.read(user) is not None:
        return False
    password = secrets.token_urlsafe(24)
    write_private(password_file, password.encode())
    settings = {"password": password, "token_policies": ["operator"], "token_ttl": _WORKDAY}
    root.write_data(user, data=settings)
    vault_state = Reconciler(root, Report())
    vault_state.entity(_OPERATOR_ENTITY, _OPERATOR, vault_state.accessor(_USERPASS))
    return True


def _wanted_digest() -> str:
    """A digest of the code and the policies that the bootstrap applies."""
    directory = Path(vault.__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*directory.glob("*.py"), *directory.glob("policies/*.hcl")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
