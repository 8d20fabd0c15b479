"""Pauses that all workers keep: Blawby told one of them to wait.

They are where rates are counted, as counts whose window ends when the pause does. A name contains a
team's id, and nothing of its key or its clients.
"""

import time
from functools import partial

from limits.storage import Storage

from app.adapters.cache.rate_counters import RateCounters
from app.domain.ids import TeamId

_LONGEST_SECONDS = 3600
# The storages know whole seconds, and must not end a pause too early.
_ROUNDING_SECONDS = 1


class SharedPauses:
    """Implements `blawby.guards.Pauses`."""

    def __init__(self, counters: RateCounters) -> None:
        self._counters = counters

    def begin(self, team_id: TeamId, seconds: float) -> None:
        whole = min(int(seconds), _LONGEST_SECONDS) + _ROUNDING_SECONDS
        self._counters.at_storage(partial(_begin, _name(team_id), whole))

    def left(self, team_id: TeamId) -> float:
        left = self._counters.at_storage(partial(_left, _name(team_id)))
        # A longer one was begun before the clock stepped back.
        return left if left <= _LONGEST_SECONDS + _ROUNDING_SECONDS else 0.0


def _name(team_id: TeamId) -> str:
    return f"pause/blawby/{team_id}"


def _begin(name: str, seconds: int, storage: Storage) -> None:
    """A window that has begun keeps its end, so a longer pause begins anew."""
    if seconds > _left(name, storage):
        storage.clear(name)
        storage.incr(name, seconds)


def _left(name: str, storage: Storage) -> float:
    return max(storage.get_expiry(name) - time.time(), 0.0)
