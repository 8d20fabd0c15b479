"""The worklist: open tasks about matters, for all teams."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from app.domain.secret import SecretString
from app.domain.worklist import Kind, Turn, WorkItem, WorkPage


class Worklist(Protocol):
    """The list with the service's own rights. Adding and removing may be repeated."""

    def add(self, kind: Kind, item: WorkItem, due: datetime | None = None) -> bool:
        """Add the item; return whether it is new. Decided by a write, because a read may come from
        a lagging server; False if an answer was lost."""

    def remove(self, kind: Kind, item: WorkItem) -> None: ...

    def kinds(self) -> Collection[Kind]:
        """The kinds with at least one item, in one call."""

    def page(
        self, kind: Kind, after: str | None, limit: int, before: datetime | None = None
    ) -> WorkPage:
        """Items in the order of their time, beginning behind the name `after`."""

    def page_as(self, caller: SecretString, kind: Kind, after: str | None, limit: int) -> WorkPage:
        """The same with a caller's rights."""

    def turn(self, kind: Kind, item: WorkItem) -> Turn | None: ...

    def take(self, kind: Kind, item: WorkItem, turn: Turn, due: datetime) -> bool:
        """Postpone the item until `due` and count a try; return False if another worker took it."""
