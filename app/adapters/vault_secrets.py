"""A team's secret in KV v2, with the caller's own token: Vault decides, Vault's log tells."""

from base64 import b64decode, b64encode
from collections.abc import Sequence

from app.adapters.vault_documents import label_from, secret_fields, secret_path
from app.adapters.vault_kv import CasConflict, KvMount
from app.adapters.vault_transport import VaultAddresses, VaultTransport
from app.errors import VersionConflict, WriteUnconfirmed
from app.ids import TeamId
from app.ports import SecretHistory, SecretLabel, SecretVersion
from app.secret import SecretString

_FINGERPRINT_KEY = "team-secret-fingerprint"
_FINGERPRINT_DIGITS = 12


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

    def history(self) -> SecretHistory:
        metadata = self._kv.read_metadata(self._path)
        if metadata is None:
            return SecretHistory()
        told = (
            SecretVersion(v.version, v.created_at, v.deleted_at, v.destroyed)
            for v in metadata.versions
        )
        return SecretHistory(metadata.created_at, tuple(told))

    def label(self, version: int) -> SecretLabel | None:
        names = self._kv.read_subkeys(self._path, version)
        return label_from(names) if names else None

    def fingerprint(self, api_key: SecretString) -> str:
        """Vault's HMAC under a key that never leaves it (api-docs/secret/transit#generate-hmac)."""
        body = {"input": b64encode(api_key.reveal().encode()).decode()}
        answer = self._transport.post(f"/v1/transit/hmac/{_FINGERPRINT_KEY}", json=body)
        digest = str(answer["data"]["hmac"]).rpartition(":")[2]
        return b64decode(digest).hex()[:_FINGERPRINT_DIGITS]

    def write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        fields = secret_fields(self._team_id, api_key, label)
        try:
            return self._kv.write(self._path, fields, cas=expected)
        except CasConflict:
            raise VersionConflict from None
        except WriteUnconfirmed:
            return self._read_back(label, expected + 1)

    def delete(self) -> None:
        self._kv.delete_latest(self._path)

    def undelete(self, version: int) -> None:
        self._kv.undelete(self._path, version)

    def destroy(self, versions: Sequence[int]) -> None:
        self._kv.destroy(self._path, list(versions))

    def _read_back(self, label: SecretLabel, version: int) -> int:
        """After a lost answer: the version, if it is there and ours. Not there may still become."""
        found = self.label(version)
        if found is None:
            raise WriteUnconfirmed
        if found.write_id != label.write_id:
            raise VersionConflict
        return version
