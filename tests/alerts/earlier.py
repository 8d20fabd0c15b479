"""What began before the test did: matters and items of the worklist with earlier times, written
through the app's own adapters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import KvMount
from app.adapters.vault.matters import VaultMatterStore
from app.adapters.vault.transport import VaultTransport
from app.adapters.vault.worklist import item_folders, item_path
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from vault.embedded import EmbeddedVault

_SECONDS = 10.0
_KEPT = "24h"


class Earlier:
    """Writes with the rights of root."""

    def __init__(self, vault: EmbeddedVault) -> None:
        addresses = VaultAddresses((vault.address,), _SECONDS, None)
        transport = VaultTransport(addresses, SecretString(vault.root_token), None)
        self._teams = KvMount(transport, "teams")
        self._platform = KvMount(transport, "platform")

    def matter(self, team_id: str, key: str, by: timedelta) -> None:
        """The matter was filed so much earlier, and nobody has opened it since."""
        store = VaultMatterStore(self._teams, TeamId(team_id), _KEPT)
        matter = store.read(key)
        assert matter
        assert store.write(replace(matter, created_at=matter.created_at - by))
        self.item(Kind.MATTER, key, by)

    def item(self, kind: Kind, key: str, by: timedelta) -> None:
        """The matter's item of this kind was listed so much earlier. When it is due stays."""
        path, item = self._item(kind, key)
        record = self._platform.read(path)
        assert record
        earlier = replace(item, at=item.at - by)
        self._platform.write(item_path(kind, earlier), record.fields, cas=0)
        self._platform.forget(path)

    def is_due(self, kind: Kind, key: str) -> None:
        """The item is due now."""
        path, _ = self._item(kind, key)
        record = self._platform.read(path)
        assert record
        due = {"due": datetime.now(UTC).isoformat()}
        self._platform.write(path, {**record.fields, **due}, cas=record.version)

    def _item(self, kind: Kind, key: str) -> tuple[str, WorkItem]:
        names = item_folders(kind).names(self._platform)
        (item,) = [item for name in names if (item := WorkItem.parse(name)) and item.key == key]
        return item_path(kind, item), item
