"""Matters and the worklist in memory, with Vault's check-and-set."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel, MatterVersion, Tombstone
from app.domain.secret import SecretString
from app.domain.worklist import Kind, Turn, WorkItem, WorkPage
from app.errors import Forbidden, MatterUnusable
from tests.fakes.script import Script

T = TypeVar("T")


class FakeMatterStores:
    """Implements `MatterStores`. `garbled` are the keys of documents that are no matters; what is
    taken out of `matters` leaves a trace, as in Vault."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.matters: dict[TeamId, dict[str, Matter]] = defaultdict(dict)
        self.links: dict[tuple[TeamId, str], str] = {}
        self.tombstones: dict[tuple[TeamId, str], Tombstone] = {}
        self.written: set[tuple[TeamId, str]] = set()
        self.garbled: set[str] = set()
        self.destroyed: list[tuple[str, int]] = []
        self.lock = threading.Lock()

    def open(self, team_id: TeamId) -> "FakeMatterStore":
        return FakeMatterStore(self, team_id)


class FakeMatterStore:
    """Implements `MatterStore`."""

    def __init__(self, stores: FakeMatterStores, team_id: TeamId) -> None:
        self._stores, self._team_id = stores, team_id
        self._matters = stores.matters[team_id]

    def find(self, key: str) -> Matter | Tombstone | None:
        return self._stores.script.run("read", lambda: self._get(key))

    def read(self, key: str) -> Matter | None:
        found = self.find(key)
        return found if isinstance(found, Matter) else None

    def bury(self, matter: Matter) -> bool:
        return self._stores.script.run("bury", lambda: self._bury(matter))

    def _bury(self, matter: Matter) -> bool:
        with self._stores.lock:
            current = self._matters.get(matter.key)
            if current is None or current.version != matter.version:
                return current is None
            del self._matters[matter.key]
            buried = Tombstone(matter.key, matter.origin)
            self._stores.tombstones[self._team_id, matter.key] = buried
            return True

    def write(self, matter: Matter) -> Matter | None:
        return self._stores.script.run("write", lambda: self._put(matter))

    def link(self, key: str, target: str) -> str | None:
        return self._stores.script.run("link", lambda: self._link(key, target))

    def _link(self, key: str, target: str) -> str | None:
        with self._stores.lock:
            if (self._team_id, key) in self._stores.written or key in self._stores.garbled:
                return self._stores.links.get((self._team_id, key))
            self._stores.written.add((self._team_id, key))
            self._stores.links[self._team_id, key] = target
            return target

    def expire(self, key: str) -> None:
        self._stores.script.run("expire", lambda: None)

    def destroy(self, key: str, version: int) -> None:
        self._stores.script.run("destroy", lambda: self._destroy(key, version))

    def _destroy(self, key: str, version: int) -> None:
        self._stores.destroyed.append((key, version))
        current = self._matters.get(key)
        if current and current.version <= version:
            del self._matters[key]

    def _get(self, key: str) -> Matter | Tombstone | None:
        if key in self._stores.garbled:
            raise MatterUnusable
        key = self._stores.links.get((self._team_id, key), key)
        return self._matters.get(key) or self._stores.tombstones.get((self._team_id, key))

    def _put(self, matter: Matter) -> Matter | None:
        with self._stores.lock:
            current = self._matters.get(matter.key)
            if current and current == replace(matter, version=current.version):
                return current
            known = (self._team_id, matter.key) in self._stores.written
            newest = current.version if current else (-1 if known else 0)
            if matter.version != newest or matter.key in self._stores.garbled:
                return None
            self._stores.written.add((self._team_id, matter.key))
            self._matters[matter.key] = replace(matter, version=matter.version + 1)
            return self._matters[matter.key]


@dataclass
class FakeMatterDesk:
    """Implements `MatterDesk` and `MatterDesks`. A label that is None is of an expired matter or a
    link; an error is raised where it stands."""

    labels: dict[str, MatterLabel | Exception | None] = field(default_factory=dict)
    matters: dict[str, Matter | Exception] = field(default_factory=dict)
    may_see: bool = True
    may_destroy: bool = True
    settles: bool = True
    left: set[str] = field(default_factory=set)
    kept: Sequence[MatterVersion] | None = ()
    opened: list[TeamId] = field(default_factory=list)
    settled: list[tuple[MatterLabel, str | None]] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)

    def open(self, caller: SecretString, team_id: TeamId) -> "FakeMatterDesk":
        self.opened.append(team_id)
        return self

    def admit(self) -> None:
        if not self.may_see:
            raise Forbidden

    def names(self, after: str | None) -> Iterator[str]:
        return iter(sorted(key for key in self.labels if after is None or key > after))

    def label(self, key: str) -> MatterLabel | None:
        return _given(self.labels.get(key))

    def versions(self, key: str) -> Sequence[MatterVersion]:
        if self.kept is None:
            raise Forbidden
        return self.kept

    def read(self, key: str) -> Matter | None:
        return _given(self.matters.get(key))

    def settle(self, label: MatterLabel, changed: MatterLabel, link: str | None) -> bool:
        self.settled.append((changed, link))
        return self.settles

    def admit_destroyer(self, key: str) -> None:
        if not self.may_destroy:
            raise Forbidden

    def destroy(self, key: str) -> bool:
        self.destroyed.append(key)
        return key in self.labels or key in self.left


def _given(found: T | Exception) -> T:
    if isinstance(found, Exception):
        raise found
    return found


class FakeWorklist:
    """Implements `Worklist`."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.items: dict[Kind, dict[str, tuple[WorkItem, Turn]]] = defaultdict(dict)
        self.lock = threading.Lock()

    def add(self, kind: Kind, item: WorkItem, due: datetime | None = None) -> bool:
        return self.script.run(f"list {kind}", lambda: self._add(kind, item, due))

    def remove(self, kind: Kind, item: WorkItem) -> None:
        self.script.run(f"strike {kind}", lambda: self.items[kind].pop(item.name, None))

    def kinds(self) -> Collection[Kind]:
        return [kind for kind in Kind if self.items[kind]]

    def page(
        self, kind: Kind, after: str | None, limit: int, before: datetime | None = None
    ) -> WorkPage:
        ours = self.items[kind].values()
        items = [item for item, _ in ours if before is None or item.at < before]
        items = sorted(
            (each for each in items if each.name > (after or "")), key=lambda each: each.name
        )
        return WorkPage(items[:limit], items[limit - 1].name if len(items) > limit else None)

    def page_as(self, caller: SecretString, kind: Kind, after: str | None, limit: int) -> WorkPage:
        return self.page(kind, after, limit)

    def turn(self, kind: Kind, item: WorkItem) -> Turn | None:
        found = self.items[kind].get(item.name)
        return found[1] if found else None

    def take(self, kind: Kind, item: WorkItem, turn: Turn, due: datetime) -> bool:
        with self.lock:
            current = self.turn(kind, item)
            if current is None or current.version != turn.version:
                return False
            self.items[kind][item.name] = (item, Turn(turn.version + 1, turn.tries + 1, due))
            return True

    def _add(self, kind: Kind, item: WorkItem, due: datetime | None) -> bool:
        with self.lock:
            if item.name in self.items[kind]:
                return False
            self.items[kind][item.name] = (item, Turn(1, 0, due or item.at))
            return True
