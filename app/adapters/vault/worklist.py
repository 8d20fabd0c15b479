"""The worklist in Vault KV: one document per item, below `platform/data/worklist/<kind>/`, there in
a folder for each day and in it for each minute.

The name contains what a list needs: the time, the team and the matter. The content says when an
item is due; check-and-set on it gives the item to exactly one worker.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import PLATFORM_MOUNT
from app.adapters.vault.folders import Folders
from app.adapters.vault.kv import CasConflict, KvMount
from app.adapters.vault.kv_answers import KvRecord
from app.adapters.vault.repeating import repeated
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.moments import read_moment
from app.domain.secret import SecretString
from app.domain.worklist import Kind, Turn, WorkItem, WorkPage, stamp
from app.errors import WriteUnconfirmed

T = TypeVar("T")

_ROOT = "worklist/"
_KINDS = frozenset(Kind)
_DAY, _MINUTE = len("20261231"), len("20261231T2359")
# Of few items each has its own minute.
_MOST_FOLDERS = 100


def item_folders(kind: Kind) -> Folders:
    return Folders(f"{_ROOT}{kind.value}/", _DAY, _MINUTE)


def item_path(kind: Kind, item: WorkItem) -> str:
    return item_folders(kind).path(item.name)


class VaultWorklist:
    """Implements `Worklist`. Items are added as their team's agent, like the matters that they are
    about: a service that cannot log in just now still files. All else is the service's own."""

    def __init__(
        self,
        login: ServiceLogin,
        as_agent: Callable[[TeamId], KvMount],
        addresses: VaultAddresses,
        namespace: str | None = None,
    ) -> None:
        self._login, self._as_agent = login, as_agent
        self._addresses, self._namespace = addresses, namespace

    def add(self, kind: Kind, item: WorkItem, due: datetime | None = None) -> bool:
        kv, path = self._as_agent(item.team_id), item_path(kind, item)
        try:
            repeated(lambda: kv.write(path, _fields(due or item.at, 0), cas=0))
        except CasConflict:
            return False
        return True

    def remove(self, kind: Kind, item: WorkItem) -> None:
        self._as_service(lambda kv: kv.forget(item_path(kind, item)))

    def kinds(self) -> Collection[Kind]:
        names = self._as_service(lambda kv: kv.list_names(_ROOT))
        return [Kind(name[:-1]) for name in names if name[:-1] in _KINDS]

    def page(
        self, kind: Kind, after: str | None, limit: int, before: datetime | None = None
    ) -> WorkPage:
        return self._as_service(lambda kv: _page(kv, kind, after, limit, before))

    def page_as(self, caller: SecretString, kind: Kind, after: str | None, limit: int) -> WorkPage:
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return _page(KvMount(transport, PLATFORM_MOUNT), kind, after, limit)

    def turn(self, kind: Kind, item: WorkItem) -> Turn | None:
        record = self._as_service(lambda kv: kv.read(item_path(kind, item)))
        return _turn(record, item) if record else None

    def take(self, kind: Kind, item: WorkItem, turn: Turn, due: datetime) -> bool:
        fields = _fields(due, turn.tries + 1)
        try:
            self._as_service(lambda kv: kv.write(item_path(kind, item), fields, cas=turn.version))
        except (CasConflict, WriteUnconfirmed):
            return False
        return True

    def _as_service(self, call: Callable[[KvMount], T]) -> T:
        return self._login.run(lambda vault: call(KvMount(vault, PLATFORM_MOUNT)))


def _page(
    kv: KvMount, kind: Kind, after: str | None, limit: int, before: datetime | None = None
) -> WorkPage:
    """Skips names that are not ours."""
    lists = item_folders(kind).lists(kv, after, stamp(before) if before else None)
    ours = filter(None, ([*filter(None, map(WorkItem.parse, names))] for names in lists))
    found: list[WorkItem] = []
    for items in islice(ours, _MOST_FOLDERS):
        found += items
        if len(found) > limit:
            break
    more = len(found) > limit or next(ours, None) is not None
    items = found[:limit]
    return WorkPage(items, items[-1].name if more else None)


def _fields(due: datetime, tries: int) -> dict[str, Any]:
    return {"due": due.astimezone(UTC).isoformat(), "tries": tries}


def _turn(record: KvRecord, item: WorkItem) -> Turn:
    """A malformed item has been due since its start."""
    try:
        due = read_moment(record.fields["due"])
        return Turn(record.version, int(record.fields["tries"]), due.astimezone(UTC))
    except (KeyError, TypeError, ValueError):
        return Turn(record.version, 0, item.at)
