"""Matters as members and operators see them, with the caller's own rights."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel, MatterVersion
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from app.errors import (
    Forbidden,
    MatterUnusable,
    NotFound,
    TeamUnusable,
    Unauthenticated,
    VaultUnavailable,
)
from app.ports import (
    Background,
    MatterDesk,
    MatterDesks,
    MatterStores,
    TeamRegistries,
    Worklist,
)
from app.services.payments.rules import STORE_AWAY, InvoiceRules, standing
from app.services.registered import registered

_LOOKED_AT = 1000
_MARKING_TRIES = 4
_BURYING_TRIES = 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MatterPage:
    """`unusable` are the ids of documents on this page that are no matters. `next` is the id to go
    on behind, or None."""

    labels: Sequence[MatterLabel]
    unusable: Sequence[str]
    next: str | None


class Matters:
    def __init__(
        self,
        registries: TeamRegistries,
        desks: MatterDesks,
        stores: MatterStores,
        worklist: Worklist,
        background: Background,
        rules: InvoiceRules,
    ) -> None:
        self._registries = registries
        self._desks, self._stores, self._worklist = desks, stores, worklist
        self._background, self._rules = background, rules

    def page(
        self,
        caller: SecretString,
        team_id: TeamId,
        after: str | None,
        limit: int,
        wanted: Callable[[MatterLabel], bool] = lambda _: True,
    ) -> MatterPage:
        """Matters in the order of their ids. Expired ones are passed over. At most 1,000 are looked
        at, so that a page costs the same whatever is wanted: it may be short and have a next.
        Raises `TeamNotFound`."""
        desk = self._desks.open(caller, team_id)
        # Vault lists names to some who may not see a label: they are refused with or without one.
        desk.admit()
        labels: list[MatterLabel] = []
        unusable: list[str] = []
        last = None
        for looked_at, name in enumerate(desk.names(after)):
            if len(labels) == limit or looked_at == _LOOKED_AT:
                return MatterPage(labels, unusable, last)
            last = name
            try:
                label = self._label(desk, name)
            except MatterUnusable:
                unusable.append(name)
                continue
            if label and wanted(label):
                labels.append(label)
        if last is None:
            with suppress(TeamUnusable):
                registered(self._registries, caller, team_id)
        return MatterPage(labels, unusable, None)

    def label(self, caller: SecretString, team_id: TeamId, key: str) -> MatterLabel | None:
        """Raises `MatterUnusable`."""
        return self._label(self._desks.open(caller, team_id), key)

    def versions(self, caller: SecretString, team_id: TeamId, key: str) -> Sequence[MatterVersion]:
        """Each write of it that Vault knows of. Raises `Forbidden` for members."""
        return self._desks.open(caller, team_id).versions(key)

    def read(self, caller: SecretString, team_id: TeamId, key: str) -> Matter:
        """The whole matter. Raises `NotFound`, `MatterUnusable`."""
        matter = self._desks.open(caller, team_id).read(key)
        if matter is None:
            raise NotFound
        return replace(
            matter, bill=standing(matter.bill, self._rules.clock(), self._rules.deadline)
        )

    def open(self, caller: SecretString, team_id: TeamId, key: str) -> Matter:
        """The same, and marks it as opened by the team. The caller may read and need not be allowed
        to write: the service writes the mark."""
        matter = self.read(caller, team_id, key)
        if matter.opened_at is not None:
            return matter
        opened_at = self._rules.clock()
        try:
            self._mark(team_id, key, opened_at)
        except STORE_AWAY:
            _log.warning("a matter could not be marked as opened", extra={"matter": key})
            return matter
        item = WorkItem(matter.created_at, team_id, key)
        self._background.run(lambda: self._is_kept(item))
        return replace(matter, opened_at=opened_at)

    def delete(self, caller: SecretString, team_id: TeamId, key: str) -> None:
        """Destroys a matter's content for good. A tombstone stays, so that a conversation about the
        matter that is still open is not billed again. Raises `NotFound`."""
        desk = self._desks.open(caller, team_id)
        label = None
        with suppress(MatterUnusable):
            label = desk.label(key)
        if label:
            # Vault decides whether the caller may, before the service writes anything.
            desk.admit_destroyer(key)
            self._bury(team_id, key)
        if not desk.destroy(key) and not label:
            raise NotFound
        if label:
            item = WorkItem(label.created_at, team_id, key)
            self._background.run(lambda: self._worklist.remove(Kind.MATTER, item))

    def _bury(self, team_id: TeamId, key: str) -> None:
        """By the service's own right, because members and operators may not write matters."""
        with suppress(Forbidden, Unauthenticated, MatterUnusable):
            store = self._stores.open(team_id)
            for _ in range(_BURYING_TRIES):
                matter = store.read(key)
                if matter is None or store.bury(matter):
                    return
            raise VaultUnavailable

    def _is_kept(self, item: WorkItem) -> None:
        """From now on it only waits for the end of its time."""
        self._worklist.add(Kind.KEPT, item)
        self._worklist.remove(Kind.MATTER, item)

    def _mark(self, team_id: TeamId, key: str, opened_at: datetime) -> None:
        store = self._stores.open(team_id)
        for _ in range(_MARKING_TRIES):
            matter = store.read(key)
            if matter is None or matter.opened_at is not None:
                return
            if store.write(replace(matter, opened_at=opened_at)):
                return

    def _label(self, desk: MatterDesk, key: str) -> MatterLabel | None:
        label = desk.label(key)
        return label and standing(label, self._rules.clock(), self._rules.deadline)
