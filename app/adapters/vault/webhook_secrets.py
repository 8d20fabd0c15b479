"""The secret that signs a team's webhooks, in Vault KV below the team's own path."""

from collections.abc import Callable

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import webhook_secret_path
from app.adapters.vault.kv import KvMount
from app.adapters.vault.repeating import repeated
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.secret import SecretString


class VaultWebhookSecrets:
    """Implements `WebhookSecrets`; `kv` returns the mount with the rights of an identity that acts
    for a team."""

    def __init__(
        self,
        kv: Callable[[TeamId], KvMount],
        addresses: VaultAddresses,
        mount: str,
        namespace: str | None = None,
    ) -> None:
        self._kv = kv
        self._addresses, self._mount, self._namespace = addresses, mount, namespace

    def read(self, team_id: TeamId) -> SecretString | None:
        """Also returns None for a malformed secret."""
        record = self._kv(team_id).read(webhook_secret_path(team_id))
        if record is None or record.fields.get("team_id") != team_id:
            return None
        secret = record.fields.get("secret")
        return SecretString(secret) if isinstance(secret, str) and secret else None

    def write(self, caller: SecretString, team_id: TeamId, secret: SecretString) -> None:
        kv, fields = self._as(caller), {"team_id": team_id, "secret": secret.reveal()}
        repeated(lambda: kv.write(webhook_secret_path(team_id), fields))

    def delete(self, caller: SecretString, team_id: TeamId) -> None:
        self._as(caller).forget(webhook_secret_path(team_id))

    def _as(self, caller: SecretString) -> KvMount:
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return KvMount(transport, self._mount)
