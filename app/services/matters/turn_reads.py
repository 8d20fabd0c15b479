"""The store of matters as one turn sees it: each document is read once."""

from app.domain.matter import Matter, Tombstone
from app.errors import MatterUnusable
from app.ports import MatterStore

MOST_READS = 96
"""Documents that the search of one turn may read, three full chains. Most clients need two."""


class SearchEnded(Exception):
    """The turn has read as many documents as it may."""


class TurnReads:
    """Implements `MatterStore`, for one turn alone. `direct` is the store itself, for whoever waits
    for another request's write."""

    def __init__(self, direct: MatterStore) -> None:
        self.direct = direct
        self._known: dict[str, Matter | Tombstone | MatterUnusable | None] = {}

    def look(self, key: str) -> Matter | Tombstone | None:
        """The same as `find`, for a search. Raises `SearchEnded`."""
        if key not in self._known and len(self._known) >= MOST_READS:
            raise SearchEnded
        return self.find(key)

    def find(self, key: str) -> Matter | Tombstone | None:
        if key not in self._known:
            try:
                self._known[key] = self.direct.find(key)
            except MatterUnusable as unusable:
                self._known[key] = unusable
        found = self._known[key]
        if isinstance(found, MatterUnusable):
            raise found
        return found

    def read(self, key: str) -> Matter | None:
        found = self.find(key)
        return found if isinstance(found, Matter) else None

    def forget(self, key: str) -> None:
        self._known.pop(key, None)

    def write(self, matter: Matter) -> Matter | None:
        self.forget(matter.key)
        written = self.direct.write(matter)
        if written:
            self._known[matter.key] = written
        return written

    def bury(self, matter: Matter) -> bool:
        self.forget(matter.key)
        return self.direct.bury(matter)

    def link(self, key: str, target: str) -> str | None:
        self.forget(key)
        return self.direct.link(key, target)

    def expire(self, key: str) -> None:
        self.direct.expire(key)

    def destroy(self, key: str, version: int) -> None:
        self.direct.destroy(key, version)
