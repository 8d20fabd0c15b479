"""The order in which a round looks at a list of due work."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.ids import TeamId
from app.domain.worklist import Kind, WorkItem
from app.ports import Worklist

_LISTED = 1000


class Walk:
    """Goes through the items of one kind, a page in each round: however many items one team has,
    those of the others have their turn."""

    def __init__(self) -> None:
        self._after: str | None = None
        self._counted = self._last_count = 0

    def page(
        self, worklist: Worklist, kind: Kind, before: datetime | None = None
    ) -> Sequence[WorkItem]:
        page = worklist.page(kind, self._after, _LISTED, before)
        self._after = page.next
        return page.items

    def total(self, here: int) -> int:
        """The count over all pages, as far as it is known; `here` is that of the current page."""
        self._counted += here
        if self._after:
            return max(self._counted, self._last_count)
        self._last_count, self._counted = self._counted, 0
        return self._last_count


def in_turn(items: Iterable[WorkItem]) -> list[WorkItem]:
    """The first item of each team, then the second of each, and so on."""
    seen: Counter[TeamId] = Counter()
    ranked = []
    for item in items:
        ranked.append((seen[item.team_id], item))
        seen[item.team_id] += 1
    return [item for _, item in sorted(ranked, key=lambda each: each[0])]
