"""What began before the test did: matters and items of the worklist with earlier times, written
through the app's own adapter and Vault."""

from dataclasses import replace
from datetime import timedelta

import hvac

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import KvMount
from app.adapters.vault.matters import VaultMatterStore
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from vault.embedded import EmbeddedVault

_SECONDS = 10.0
_KEPT = "24h"


class Earlier:
    """Writes with the rights of root."""

    def __init__(self, vault: EmbeddedVault) -> None:
        self._root = hvac.Client(vault.address, token=vault.root_token)
        addresses = VaultAddresses((vault.address,), _SECONDS, None)
        transport = VaultTransport(addresses, SecretString(vault.root_token), None)
        self._teams = KvMount(transport, "teams")

    def matter(self, team_id: str, key: str, by: timedelta) -> None:
        """The matter was filed so much earlier, and nobody has opened it since."""
        store = VaultMatterStore(self._teams, TeamId(team_id), _KEPT)
        matter = store.read(key)
        assert matter
        assert store.write(replace(matter, created_at=matter.created_at - by))
        self.item(Kind.MATTER, key, by)

    def item(self, kind: Kind, key: str, by: timedelta) -> None:
        """The matter's item of this kind was listed so much earlier. When it is due stays."""
        (name,) = self._named(kind, key)
        item = WorkItem.parse(name)
        assert item
        fields = self._kv.read_secret_version(
            f"worklist/{kind}/{name}", mount_point="platform", raise_on_deleted_version=True
        )["data"]["data"]
        self._write(kind, replace(item, at=item.at - by).name, fields)
        self._kv.delete_metadata_and_all_versions(f"worklist/{kind}/{name}", mount_point="platform")

    def _named(self, kind: Kind, key: str) -> list[str]:
        names = self._root.list(f"platform/metadata/worklist/{kind}")["data"]["keys"]
        return [name for name in names if name.endswith(key)]

    def _write(self, kind: Kind, name: str, fields: dict[str, object]) -> None:
        self._kv.create_or_update_secret(
            f"worklist/{kind}/{name}", secret=fields, mount_point="platform"
        )

    @property
    def _kv(self) -> hvac.api.secrets_engines.KvV2:
        return self._root.secrets.kv.v2
