"""Vault's AppRole login, unwrapping and logout, passed on for callers."""

import logging
import re

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.identities import TEAMS_LOGIN
from app.adapters.vault.login_methods import UNLOCK
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport
from app.domain.ids import TeamId, is_team_id
from app.domain.login import Login
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, ValidationFailed
from app.observability.metrics import wrapping_refusals

_MOUNTS = (TEAMS_LOGIN, "auth/approle")
_TEAM_ROLE = "team-"
_WRONG_LOGIN = "The role id or the secret id is wrong."
_WRAPPED_BY = re.compile(f"{TEAMS_LOGIN}/role/{_TEAM_ROLE}[^/]+/secret-id")
_log = logging.getLogger(__name__)


class VaultLogins:
    """`service_role_id`: the service's own login, which is nobody's to try over the API."""

    def __init__(
        self, addresses: VaultAddresses, service_role_id: str, namespace: str | None = None
    ) -> None:
        self._addresses = addresses
        self._service_role_id = service_role_id
        self._namespace = namespace

    def login(self, role_id: str, secret_id: SecretString) -> Login:
        """A team's member, or else a person of the platform: their AppRoles have mounts apart."""
        if role_id == self._service_role_id:
            raise Unauthenticated(_WRONG_LOGIN)
        nobody = VaultTransport(self._addresses, None, self._namespace)
        body = {"role_id": role_id, "secret_id": secret_id.reveal()}
        for mount in _MOUNTS:
            try:
                auth = nobody.post(f"/v1/{mount}/login", json=body)["auth"]
            except Refused:
                continue
            except (Forbidden, Unauthenticated):
                _log.warning("Vault has locked a login at %s: %s", mount, UNLOCK)
                continue
            role = str((auth.get("metadata") or {}).get("role_name", ""))
            return Login(
                SecretString(auth["client_token"]), int(auth["lease_duration"]), _team_of(role)
            )
        raise Unauthenticated(_WRONG_LOGIN)

    def unwrap(self, wrapping_token: SecretString) -> SecretString:
        """Only what a team's AppRole wrapped is unwrapped: a token that was swapped shows by the
        path it came from (Vault's documentation, response wrapping, "token validation")."""
        refusal = Unauthenticated("The wrapping token is wrong or was used.")
        nobody = VaultTransport(self._addresses, None, self._namespace)
        holder = VaultTransport(self._addresses, wrapping_token, self._namespace)
        try:
            seen = nobody.post("/v1/sys/wrapping/lookup", json={"token": wrapping_token.reveal()})
            if not _WRAPPED_BY.fullmatch(str(seen["data"]["creation_path"])):
                raise refusal
            answer = holder.post("/v1/sys/wrapping/unwrap")
        except (Refused, NothingThere, Forbidden, Unauthenticated):
            wrapping_refusals.inc()
            raise refusal from None
        return SecretString(str(answer["data"]["secret_id"]))

    def is_wrapping_token(self, token: SecretString) -> bool:
        nobody = VaultTransport(self._addresses, None, self._namespace)
        try:
            nobody.post("/v1/sys/wrapping/lookup", json={"token": token.reveal()})
        except (Refused, NothingThere, Forbidden, Unauthenticated):
            return False
        return True

    def renew(self, token: SecretString) -> int:
        transport = VaultTransport(self._addresses, token, self._namespace)
        try:
            return int(transport.post("/v1/auth/token/renew-self")["auth"]["lease_duration"])
        except Refused:
            raise ValidationFailed(message="This token cannot be renewed: log in again.") from None

    def logout(self, token: SecretString) -> None:
        try:
            VaultTransport(self._addresses, token, self._namespace).post(
                "/v1/auth/token/revoke-self"
            )
        except Refused:
            raise ValidationFailed(message="A batch token cannot be revoked; it expires.") from None


def _team_of(role: str) -> TeamId | None:
    """Roles that the app did not make may have any name."""
    team_id = role.removeprefix(_TEAM_ROLE)
    return TeamId(team_id) if role.startswith(_TEAM_ROLE) and is_team_id(team_id) else None
