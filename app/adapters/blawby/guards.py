"""What keeps a slow or failing Blawby from taking the workers with it.

Pauses (its own `Retry-After`), a bulkhead, and a breaker for each team and for all of it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pybreaker import STATE_CLOSED, CircuitBreaker, CircuitBreakerError

from app.domain.ids import TeamId
from app.errors import BlawbyRateLimited, BlawbyUnavailable, UpstreamFailure

_MOST_TEAMS = 1_000


@dataclass(frozen=True, slots=True)
class GuardRules:
    """`slots`: how many calls a process has under way at once; `queue`: how many more wait for
    a slot, for `patience` seconds. Together they are fewer than its threads: there is always one
    for the rest."""

    slots: int = 4
    queue: int = 2
    patience: float = 0.2
    failures_of_team: int = 5
    failures_of_all: int = 10
    breaker_seconds: float = 15.0


class Guards:
    """Of one base URL. Everything here is per process and counts in memory alone."""

    def __init__(self, rules: GuardRules) -> None:
        self._rules = rules
        self._slots = threading.BoundedSemaphore(rules.slots)
        self._queue = threading.BoundedSemaphore(rules.queue)
        self._everybody = CircuitBreaker(
            fail_max=rules.failures_of_all,
            reset_timeout=rules.breaker_seconds,
            exclude=[_was_answered],
            throw_new_error_on_trip=False,
        )
        self._teams: OrderedDict[TeamId, CircuitBreaker] = OrderedDict()
        self._pauses: OrderedDict[TeamId, float] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def around(self, team_id: TeamId) -> Iterator[None]:
        """For one exchange; raises `BlawbyUnavailable` at once where it had better not be tried.

        `CircuitBreaker.call` holds the breaker's lock while the function runs (pybreaker 1.4.1), so
        that one hanging call would stop them all; `calling` does not.
        """
        self._respect_pause(team_id)
        if not self._take_slot():
            raise BlawbyUnavailable
        try:
            with self._of(team_id).calling(), self._everybody.calling():
                yield
        except CircuitBreakerError:
            raise BlawbyUnavailable from None
        finally:
            self._slots.release()

    def _take_slot(self) -> bool:
        if self._slots.acquire(blocking=False):
            return True
        if not self._queue.acquire(blocking=False):
            return False
        try:
            return self._slots.acquire(timeout=self._rules.patience)
        finally:
            self._queue.release()

    def well(self) -> bool:
        return self._everybody.current_state == STATE_CLOSED

    def pause(self, team_id: TeamId, seconds: float) -> None:
        """Blawby is not asked for this team before that, whoever asks."""
        with self._lock:
            self._pauses[team_id] = time.monotonic() + seconds
            self._pauses.move_to_end(team_id)
            while len(self._pauses) > _MOST_TEAMS:
                self._pauses.popitem(last=False)

    def _respect_pause(self, team_id: TeamId) -> None:
        left = self._pauses.get(team_id, 0.0) - time.monotonic()
        if left > 0:
            raise BlawbyRateLimited(retry_after=int(left) + 1)

    def _of(self, team_id: TeamId) -> CircuitBreaker:
        with self._lock:
            breaker = self._teams.pop(team_id, None) or CircuitBreaker(
                fail_max=self._rules.failures_of_team,
                reset_timeout=self._rules.breaker_seconds,
                exclude=[CircuitBreakerError],
                throw_new_error_on_trip=False,
            )
            self._teams[team_id] = breaker
            while len(self._teams) > _MOST_TEAMS:
                self._teams.popitem(last=False)
            return breaker


def _was_answered(error: BaseException) -> bool:
    """One account's 5xx is that account's trouble; what was not reached is everybody's."""
    return not isinstance(error, UpstreamFailure) or bool(getattr(error, "answered", False))
