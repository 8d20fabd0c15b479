"""What each worker looks after beside its requests: a round over the worklist now and then.

Any number of workers may do rounds. Of what must not be done twice at a time, check-and-set on the
item lets one worker in; all else may be repeated.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from app.domain.ids import TeamId
from app.domain.matter import BillState
from app.domain.worklist import Backlog, Kind, Turn, WorkItem
from app.errors import TeamNotFound
from app.ports import MatterStore, MatterStores, TeamBackground, TeamResolution, Worklist
from app.services.notices.schedule import next_try
from app.services.payments.rules import STORE_AWAY, InvoiceRules, standing
from app.services.worklist_walk import Walk, in_turn

_MOST_READS = 100
_REMEMBERED = 20_000
_SEEN_AGAIN = timedelta(minutes=10)
_UNOPENED_FOR = timedelta(days=1)
_FAILING_FOR = timedelta(minutes=15)
# How far the clocks of two machines may be apart.
_SKEW = timedelta(minutes=5)
_EVERY_VERSION = 100
# A key is tried again within ten minutes, however often Blawby has refused it.
_MOST_DOUBLINGS = {Kind.KEY: 3}
_OPEN = (BillState.STARTED, BillState.UNKNOWN)

Work = Callable[[Kind, WorkItem], object]


class Upkeep:
    """`work` is what is due by itself, by kind. `retention`: how long a matter is kept."""

    def __init__(
        self,
        teams: TeamResolution,
        stores: MatterStores,
        worklist: Worklist,
        background: TeamBackground,
        work: Mapping[Kind, Work],
        rules: InvoiceRules,
        retention: timedelta,
    ) -> None:
        self._teams, self._stores, self._worklist = teams, stores, worklist
        self._background, self._work, self._rules = background, work, rules
        self._retention = retention
        self._not_before: dict[tuple[Kind, WorkItem], datetime] = {}
        self._settled: set[WorkItem] = set()
        self._walks = {kind: Walk() for kind in Kind}
        self._reads = 0

    def round(self) -> Backlog:
        """Looks over every list. Raises what the worklist raises."""
        now, counts = self._rules.clock(), Counter[Kind]()
        for kind in self._worklist.kinds():
            self._reads, walk = 0, self._walks[kind]
            items = walk.page(self._worklist, kind, self._before(kind, now))
            counts[kind] = walk.total(self._look_at(kind, items, now))
        if len(self._not_before) > _REMEMBERED:
            self._not_before.clear()
        return Backlog(
            unknown_invoices=counts[Kind.INVOICE],
            unopened_matters=counts[Kind.MATTER],
            failing_notices=counts[Kind.WEBHOOK] + counts[Kind.EMAIL] + counts[Kind.MEMO],
            refused_keys=counts[Kind.KEY],
        )

    def _before(self, kind: Kind, now: datetime) -> datetime | None:
        """Nothing is to be done about a kind's items of later times."""
        if kind is Kind.KEPT:
            return now - self._retention
        return now - _UNOPENED_FOR if kind is Kind.MATTER else None

    def _look_at(self, kind: Kind, items: Sequence[WorkItem], now: datetime) -> int:
        """Do what is to be done; return how many of these count for the gauges."""
        if kind is Kind.INVOICE:
            return self._invoices(items, now)
        if kind in (Kind.MATTER, Kind.KEPT):
            return self._matters(kind, items, now)
        self._due(kind, items, now)
        if kind is Kind.KEY:
            return len({(item.team_id, item.key) for item in items})
        return sum(now - item.at > _FAILING_FOR for item in items)

    def _invoices(self, items: Sequence[WorkItem], now: datetime) -> int:
        """How many are unknown. Those whose outcome is on record, and those of an earlier attempt,
        are taken off: whoever should have done that died, or had no rights to. Not at once: by its
        own machine's clock an attempt may have time left, and then has to find itself there."""
        deadline = timedelta(seconds=self._rules.deadline)
        old = [item for item in items if now - item.at > deadline]
        for item in old:
            if item in self._settled:
                continue
            if self._may_look(Kind.INVOICE, item, now) and self._is_settled(item, now):
                self._settled.add(item)
        unknown = sum(item not in self._settled for item in old)
        for item in [each for each in self._settled if now - each.at > deadline + _SKEW]:
            self._worklist.remove(Kind.INVOICE, item)
            self._settled.remove(item)
        return unknown

    def _matters(self, kind: Kind, items: Sequence[WorkItem], now: datetime) -> int:
        """How many nobody has opened for a day. What is older than the retention is destroyed."""
        unopened = 0
        for item in items:
            old = now - item.at
            if old > self._retention and self._may_look(kind, item, now):
                self._end(kind, item, now)
            elif kind is Kind.MATTER and old > _UNOPENED_FOR:
                if self._may_look(kind, item, now) and self._is_taken(item):
                    self._worklist.remove(kind, item)
                else:
                    unopened += 1
        return unopened

    def _due(self, kind: Kind, items: Sequence[WorkItem], now: datetime) -> None:
        """Start what is due. Teams take turns; one whose line is full waits for the next round."""
        full: set[TeamId] = set()
        rested = (item for item in items if self._not_before.get((kind, item), now) <= now)
        for item in in_turn(rested):
            if self._reads >= _MOST_READS:
                break
            if item.team_id in full:
                continue
            self._reads += 1
            turn = self._worklist.turn(kind, item)
            if turn is None:
                continue
            if turn.due > now:
                self._not_before[kind, item] = turn.due
            elif self._background.run(partial(self._attempt, kind, item, turn), item.team_id):
                self._not_before[kind, item] = _next_try(kind, turn, now)
            else:
                full.add(item.team_id)

    def _attempt(self, kind: Kind, item: WorkItem, turn: Turn) -> None:
        """In its team's turn. The lease begins now, however long the item has waited."""
        if self._worklist.take(kind, item, turn, _next_try(kind, turn, self._rules.clock())):
            self._work[kind](kind, item)

    def _may_look(self, kind: Kind, item: WorkItem, now: datetime) -> bool:
        """Whether to read the matter: not again within minutes, and not too many in a round."""
        if self._reads >= _MOST_READS or self._not_before.get((kind, item), now) > now:
            return False
        self._reads += 1
        self._not_before[kind, item] = now + _SEEN_AGAIN
        return True

    def _is_settled(self, item: WorkItem, now: datetime) -> bool:
        try:
            store = self._store(item)
            matter = store.read(item.key) if store else None
        except STORE_AWAY:
            return False
        if matter is None:
            return True
        bill = standing(matter.bill, now, self._rules.deadline)
        return bill.started_at != item.at or bill.state not in _OPEN

    def _is_taken(self, item: WorkItem) -> bool:
        """Whether it was opened, or is gone."""
        try:
            store = self._store(item)
            matter = store.read(item.key) if store else None
        except STORE_AWAY:
            return False
        if matter is None:
            self._destroy(store, item)
            return True
        if matter.opened_at:
            self._worklist.add(Kind.KEPT, item)
        return matter.opened_at is not None

    def _end(self, kind: Kind, item: WorkItem, now: datetime) -> None:
        """What was changed since it was filed has more time."""
        with suppress(*STORE_AWAY):
            store = self._store(item)
            if store and store.read(item.key):
                self._worklist.add(Kind.KEPT, WorkItem(now, item.team_id, item.key))
            else:
                self._destroy(store, item)
            self._worklist.remove(kind, item)

    def _destroy(self, store: MatterStore | None, item: WorkItem) -> None:
        """Vault hides what has expired or was deleted, and keeps it."""
        if store:
            with suppress(*STORE_AWAY):
                store.destroy(item.key, _EVERY_VERSION)

    def _store(self, item: WorkItem) -> MatterStore | None:
        """None for a team that is gone: a token for it would make an empty identity in Vault."""
        try:
            self._teams.resolve(item.team_id)
        except TeamNotFound:
            return None
        return self._stores.open(item.team_id)


def _next_try(kind: Kind, turn: Turn, now: datetime) -> datetime:
    return next_try(now, min(turn.tries, _MOST_DOUBLINGS.get(kind, turn.tries)))
