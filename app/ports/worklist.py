"""The worklist: open tasks about matters, for all teams."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.secret import SecretString
from app.domain.worklist import Kind, Turn, WorkItem


class Worklist(Protocol):
    """The service's own list. Adding and removing may be repeated."""

    def add(self, kind: Kind, item: WorkItem, due: datetime | None = None) -> bool:
        """Whether it was not there. Decided by a write, because a read may come from a server that
        lags behind; False where an answer was lost."""

    def remove(self, kind: Kind, item: WorkItem) -> None: ...

    def kinds(self) -> Collection[Kind]:
        """Those that have any item, in one call."""

    def page(self, kind: Kind, after: str | None, limit: int) -> Sequence[WorkItem]:
        """Items in the order of their time, beginning behind the name `after`."""

    def page_as(
        self, caller: SecretString, kind: Kind, after: str | None, limit: int
    ) -> Sequence[WorkItem]:
        """The same with a caller's rights."""

    def turn(self, kind: Kind, item: WorkItem) -> Turn | None: ...

    def take(self, kind: Kind, item: WorkItem, turn: Turn, due: datetime) -> bool:
        """Puts the item off until `due` and counts a try; False where another worker took it."""
