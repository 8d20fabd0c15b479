"""Matters in Vault KV, below the team's own path, with check-and-set.

Every write is made against a version; where its answer is lost or says "conflict", what stands
there is read and compared before anything is said: the conflict may be with its own earlier self.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed, wait_random

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import CasConflict, KvMount
from app.adapters.vault.matter_documents import (
    is_link,
    is_tombstone,
    link_fields,
    matter_fields,
    matter_folders,
    matter_from,
    matter_path,
    target_of,
    tombstone_fields,
    tombstone_from,
)
from app.adapters.vault.matter_labels import label_from, settlement
from app.adapters.vault.repeating import repeated
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel, MatterVersion, Tombstone
from app.domain.secret import SecretString
from app.errors import UpstreamFailure, WriteUnconfirmed

_NO_MATTER = "0" * 32
# Vault keeps as many versions as the mount or the path says, whichever is more.
_MOST_VERSIONS = 100
# A Vault that was silent once is left alone for half a second.
_LOOKING_BACK = Retrying(
    stop=stop_after_attempt(4),
    wait=wait_fixed(0.2) + wait_random(0, 0.1),
    retry=retry_if_exception_type(UpstreamFailure),
    reraise=True,
)


class VaultMatterStores:
    """Implements `MatterStores`; `kv` gives the mount as seen by whoever acts for a team."""

    def __init__(self, kv: Callable[[TeamId], KvMount], retention_days: int) -> None:
        self._kv, self._kept = kv, f"{retention_days * 24}h"

    def open(self, team_id: TeamId) -> "VaultMatterStore":
        return VaultMatterStore(self._kv(team_id), team_id, self._kept)


class VaultMatterStore:
    """Implements `MatterStore`. A matter expires `kept` after its last write."""

    def __init__(self, kv: KvMount, team_id: TeamId, kept: str) -> None:
        self._kv, self._team_id, self._kept = kv, team_id, kept

    def find(self, key: str) -> Matter | Tombstone | None:
        record = self._kv.read(matter_path(self._team_id, key))
        target = target_of(self._team_id, record.fields) if record else None
        if target:
            key, record = target, self._kv.read(matter_path(self._team_id, target))
        if record is None:
            return None
        buried = tombstone_from(self._team_id, key, record.fields)
        return buried or matter_from(self._team_id, key, record)

    def read(self, key: str) -> Matter | None:
        found = self.find(key)
        return found if isinstance(found, Matter) else None

    def write(self, matter: Matter) -> Matter | None:
        path = matter_path(self._team_id, matter.key)
        fields = matter_fields(self._team_id, matter)
        try:
            return replace(matter, version=self._kv.write(path, fields, cas=matter.version))
        except CasConflict:
            standing = self._kv.read(path)
        except WriteUnconfirmed:
            standing = _LOOKING_BACK(self._kv.read, path)
            if standing is None or dict(standing.fields) != fields:
                raise
        if standing is None or dict(standing.fields) != fields:
            return None
        return replace(matter, version=standing.version)

    def bury(self, matter: Matter) -> bool:
        path = matter_path(self._team_id, matter.key)
        fields = tombstone_fields(self._team_id, matter)
        try:
            repeated(lambda: self._kv.write(path, fields, cas=matter.version))
        except CasConflict:
            return self.read(matter.key) is None
        return True

    def link(self, key: str, target: str) -> str | None:
        path = matter_path(self._team_id, key)
        self._kv.set_metadata(path, self._kept)
        try:
            repeated(lambda: self._kv.write(path, link_fields(self._team_id, target), cas=0))
        except CasConflict:
            standing = self._kv.read(path)
            return target_of(self._team_id, standing.fields) if standing else None
        return target

    def expire(self, key: str) -> None:
        self._kv.set_metadata(matter_path(self._team_id, key), self._kept)

    def destroy(self, key: str, version: int) -> None:
        self._kv.destroy(matter_path(self._team_id, key), _up_to(version))


class VaultMatterDesks:
    """Implements `MatterDesks`."""

    def __init__(self, addresses: VaultAddresses, mount: str, namespace: str | None = None) -> None:
        self._addresses, self._mount, self._namespace = addresses, mount, namespace

    def open(self, caller: SecretString, team_id: TeamId) -> "VaultMatterDesk":
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return VaultMatterDesk(KvMount(transport, self._mount), team_id)


class VaultMatterDesk:
    """Implements `MatterDesk`."""

    def __init__(self, kv: KvMount, team_id: TeamId) -> None:
        self._kv, self._team_id = kv, team_id

    def admit(self) -> None:
        self._kv.read_subkeys(matter_path(self._team_id, _NO_MATTER))

    def names(self, after: str | None) -> Iterator[str]:
        return matter_folders(self._team_id).names(self._kv, after)

    def label(self, key: str) -> MatterLabel | None:
        found = self._kv.read_subkeys(matter_path(self._team_id, key))
        if found is None or is_link(found.names) or is_tombstone(found.names):
            return None
        return label_from(key, found.version, found.names)

    def versions(self, key: str) -> Sequence[MatterVersion]:
        found = self._kv.read_metadata(matter_path(self._team_id, key))
        known = found.versions if found else ()
        return [MatterVersion(each.version, each.created_at, each.lives) for each in known]

    def read(self, key: str) -> Matter | None:
        record = self._kv.read(matter_path(self._team_id, key))
        if record is None or is_tombstone(record.fields):
            return None
        return matter_from(self._team_id, key, record)

    def settle(self, label: MatterLabel, changed: MatterLabel, link: str | None) -> bool:
        patch = settlement(label, changed, link)
        try:
            self._kv.patch(matter_path(self._team_id, label.key), patch, cas=label.version)
        except CasConflict:
            return False
        return True

    def admit_destroyer(self, key: str) -> None:
        self._kv.admit_destroyer(matter_path(self._team_id, key))

    def destroy(self, key: str) -> bool:
        path = matter_path(self._team_id, key)
        found = self._kv.read_subkeys(path)
        if found is None:
            return False
        if is_tombstone(found.names):
            self._kv.destroy(path, _up_to(found.version - 1))
            return False
        self._kv.destroy(path, _up_to(found.version))
        return True


def _up_to(version: int) -> list[int]:
    """That version and all before it that Vault may still have."""
    return list(range(max(1, version - _MOST_VERSIONS + 1), version + 1))
