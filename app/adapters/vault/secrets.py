"""A team's secret in KV v2, with the caller's own token: Vault decides and logs."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import (
    FINGERPRINT_DIGITS,
    label_from,
    secret_fields,
    secret_path,
)
from app.adapters.vault.kv import CasConflict, KvMount
from app.adapters.vault.repeating import begun
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team_secret import SecretHistory, SecretLabel, SecretVersion, ShownSecret
from app.errors import SecretUnusable, VersionConflict, WriteUnconfirmed

_FINGERPRINT_KEY = "team-secret-fingerprint"


class VaultSecretStores:
    def __init__(self, addresses: VaultAddresses, mount: str, namespace: str | None = None) -> None:
        self._addresses = addresses
        self._mount = mount
        self._namespace = namespace

    def open(self, caller: SecretString, team_id: TeamId) -> "VaultSecretStore":
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return VaultSecretStore(transport, self._mount, team_id)


class VaultSecretStore:
    def __init__(self, transport: VaultTransport, mount: str, team_id: TeamId) -> None:
        self._transport = transport
        self._kv = KvMount(transport, mount)
        self._team_id = team_id
        self._path = secret_path(team_id)

    def admit_writer(self) -> None:
        self._kv.admit_writer(self._path)

    def history(self) -> SecretHistory:
        metadata = self._kv.read_metadata(self._path)
        if metadata is None:
            return SecretHistory()
        told = (
            SecretVersion(v.version, v.created_at, v.deleted_at, v.destroyed)
            for v in metadata.versions
        )
        return SecretHistory(metadata.created_at, tuple(told))

    def shown(self, version: int | None = None) -> ShownSecret | None:
        found = self._kv.read_subkeys(self._path, version)
        if found is None:
            return None
        return ShownSecret(found.version, found.created_at, label_from(self._team_id, found.names))

    def fingerprint(self, api_key: SecretString) -> str:
        """Vault's HMAC under a key that stays in Vault (api-docs/secret/transit#generate-hmac)."""
        body = {"input": b64encode(api_key.reveal().encode()).decode()}
        answer = self._transport.post(f"/v1/transit/hmac/{_FINGERPRINT_KEY}", json=body)
        digest = str(answer["data"]["hmac"]).rpartition(":")[2]
        return b64decode(digest).hex()[:FINGERPRINT_DIGITS]

    def write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        """Read back after a lost answer, and write again if it is not there. Check-and-set applies
        the write once; a conflict may be with this caller's own first write."""
        fields = secret_fields(self._team_id, api_key, label)
        for _ in range(2):
            try:
                return self._kv.write(self._path, fields, cas=expected)
            except CasConflict:
                if not self._is_there(label, expected + 1):
                    raise VersionConflict from None
                return expected + 1
            except WriteUnconfirmed:
                if self._is_there(label, expected + 1):
                    return expected + 1
        raise WriteUnconfirmed

    def delete(self, version: int) -> None:
        self._kv.delete(self._path, version)

    def undelete(self, version: int) -> None:
        self._kv.undelete(self._path, version)

    def destroy(self, versions: Sequence[int]) -> None:
        self._kv.destroy(self._path, list(versions))

    def _is_there(self, label: SecretLabel, version: int) -> bool:
        with begun(), suppress(SecretUnusable):
            found = self.shown(version)
            return found is not None and found.label.write_id == label.write_id
        return False
