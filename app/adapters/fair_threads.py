"""Threads that teams share fairly."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from app.adapters.threads import Threads
from app.domain.ids import TeamId

Work = Callable[[], object]


class FairThreads:
    """Implements `TeamBackground`: teams take turns, and one team uses at most half of the threads.

    A team's server may hang for as long as a try may take. That team's work then waits behind its
    own, and the work of others does not. At most `waiting` tasks of a team wait; at the end of the
    process they are dropped.
    """

    def __init__(self, name: str, most: int, waiting: int = 50) -> None:
        # A thread that ends a task starts the next one before it is free itself.
        self._threads = Threads(name, most, waiting=2 * most)
        self._free, self._most_each, self._waiting = most, max(1, most // 2), waiting
        self._lock = threading.Lock()
        # In the order of their turns.
        self._lines: dict[TeamId, deque[Work]] = {}
        self._busy: Counter[TeamId] = Counter()

    def run(self, work: Work, team: TeamId, /) -> bool:
        with self._lock:
            line = self._lines.setdefault(team, deque())
            if len(line) >= self._waiting:
                return False
            line.append(work)
            ready = self._ready()
        self._start(ready)
        return True

    def _ready(self) -> list[Work]:
        """The tasks that may start now. Call it with the lock held."""
        ready: list[Work] = []
        while self._free and (team := self._next_team()):
            line = self._lines.pop(team)
            ready.append(partial(self._run, line.popleft(), team))
            if line:
                self._lines[team] = line
            self._busy[team] += 1
            self._free -= 1
        return ready

    def _next_team(self) -> TeamId | None:
        may = (team for team in self._lines if self._busy[team] < self._most_each)
        return next(may, None)

    def _run(self, work: Work, team: TeamId) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._free += 1
                self._busy[team] -= 1
                if not self._busy[team]:
                    del self._busy[team]
                ready = self._ready()
            self._start(ready)

    def _start(self, ready: list[Work]) -> None:
        # The process ends: it starts nothing more.
        with suppress(RuntimeError):
            for work in ready:
                self._threads.run(work)
