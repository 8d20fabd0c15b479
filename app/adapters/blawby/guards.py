"""Guards that keep a slow or failing Blawby from taking the workers with it.

Pauses (Blawby's own `Retry-After`), a bulkhead with a line, and circuit breakers: one for each team
and one for Blawby as a whole.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from typing import Literal, Protocol

from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker, CircuitBreakerError

from app.adapters.blawby.line import Line
from app.adapters.breakers import Watched
from app.adapters.deadline import remaining
from app.domain.ids import TeamId
from app.errors import BlawbyRateLimited, BlawbyUnavailable, UpstreamFailure
from app.observability.upstreams import TEAM_BREAKERS, places_allowed, places_in_use

_MOST_TEAMS = 1_000
# Whoever gets a place with less time than this left could not finish a call.
_SECONDS_FOR_A_CALL = 1.0
_has_place: ContextVar[bool] = ContextVar("has_place", default=False)


class HeldBack(BlawbyUnavailable):
    """Blawby was not asked: a breaker is open, or no place came free in time."""


class Paused(BlawbyRateLimited):
    """Blawby was not asked, because it asked us to wait before."""


@dataclass(frozen=True, slots=True)
class GuardRules:
    """`slots`: how many callers a process lets through at once; `queue`: how many more wait for a
    place. Both together have to be fewer than the worker's threads, so that a hanging Blawby leaves
    some for everything else; `spare` of those may wait too while Blawby answers. `patience`:
    seconds in line for callers without a deadline. `threads`: how many the worker has."""

    slots: int = 4
    queue: int = 2
    spare: int = 0
    patience: float = 2.0
    failures_of_team: int = 5
    failures_of_all: int = 10
    breaker_seconds: float = 15.0
    threads: int = 8

    @classmethod
    def of_a_worker(cls, threads: int, slots: int, streams: int = 0) -> "GuardRules":
        """For a worker with so many threads, of which `slots` may call Blawby. A sixteenth more
        waits for a place; the rest and `streams`, which have threads of their own, wait too, but
        only while Blawby answers."""
        queue = max(threads // 16, 1)
        return cls(slots=slots, queue=queue, spare=threads + streams, threads=threads)


class Pauses(Protocol):
    """Pauses that all workers share. Nothing here raises: while they cannot be shared, each worker
    keeps its own."""

    def begin(self, team_id: TeamId, seconds: float) -> None: ...

    def left(self, team_id: TeamId) -> float:
        """Seconds; 0 without a pause."""


class Guards:
    """The guards of one base URL. All but `shared` is per process and kept in memory alone."""

    def __init__(self, rules: GuardRules, shared: Pauses | None = None) -> None:
        self._rules, self._shared = rules, shared
        self._line = Line(rules.slots, rules.queue, rules.spare)
        places_allowed.set(rules.slots)
        self._everybody = CircuitBreaker(
            fail_max=rules.failures_of_all,
            reset_timeout=rules.breaker_seconds,
            exclude=[_was_answered],
            listeners=[Watched("blawby")],
            throw_new_error_on_trip=False,
        )
        self._teams: OrderedDict[TeamId, CircuitBreaker] = OrderedDict()
        self._pauses: OrderedDict[TeamId, float] = OrderedDict()
        self._lock = threading.Lock()
        self._reached: bool | None = None

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds one of the places for all calls inside. Waits in order of arrival, within the
        deadline; raises `HeldBack` where none comes free in time."""
        if _has_place.get():
            yield
            return
        if not self._line.enter(self._patience()):
            raise HeldBack
        token = _has_place.set(True)
        places_in_use.inc()
        try:
            yield
        finally:
            _has_place.reset(token)
            places_in_use.dec()
            self._line.leave()

    @contextmanager
    def around(self, team_id: TeamId) -> Iterator[None]:
        """Guards one exchange; raises `HeldBack` or `Paused` where it should not be tried.

        `CircuitBreaker.call` holds the breaker's lock while the function runs (pybreaker 1.4.1), so
        that one hanging call would stop them all; `calling` does not.
        """
        self._respect_pause(team_id)
        with self.place():
            try:
                with self._of(team_id).calling(), self._everybody.calling(), self._noting():
                    yield
                self._line.answered()
            except CircuitBreakerError:
                raise HeldBack from None

    @contextmanager
    def beside(self, team_id: TeamId) -> Iterator[None]:
        """Guards an exchange that no client waits for: it takes no place, and its failure opens no
        breaker, because invoices must not suffer for a memo. An open breaker stops it all the
        same."""
        self._respect_pause(team_id)
        breakers = (self._of(team_id), self._everybody)
        if any(breaker.current_state == STATE_OPEN for breaker in breakers):
            raise HeldBack
        yield

    def _patience(self) -> float:
        left = remaining()
        return self._rules.patience if left is None else left - _SECONDS_FOR_A_CALL

    def state(self) -> Literal["ok", "unavailable", "unknown"]:
        """As the last call showed it: `unknown` before the first one."""
        if self._reached is None:
            return "unknown"
        closed = self._everybody.current_state == STATE_CLOSED
        return "ok" if self._reached and closed else "unavailable"

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._reached = _was_answered(error)
            raise
        self._reached = True

    def has_threads_for(self, copies: int) -> bool:
        """Whether so many threads may wait for others' calls: an eighth of the threads stays free,
        or Blawby answers, so that none waits for long."""
        taken = self._line.callers + copies
        return taken <= self._rules.threads * 7 // 8 or not self._line.is_stalled

    def pause(self, team_id: TeamId, seconds: float) -> None:
        """Blawby is not asked for this team before that, whichever worker asks."""
        self._keep(team_id, seconds)
        if self._shared:
            self._shared.begin(team_id, seconds)

    def _keep(self, team_id: TeamId, seconds: float) -> None:
        with self._lock:
            self._pauses[team_id] = time.monotonic() + seconds
            self._pauses.move_to_end(team_id)
            while len(self._pauses) > _MOST_TEAMS:
                self._pauses.popitem(last=False)

    def _respect_pause(self, team_id: TeamId) -> None:
        left = self._pauses.get(team_id, -inf) - time.monotonic()
        if left <= 0 and self._shared and (left := self._shared.left(team_id)) > 0:
            self._keep(team_id, left)
        if left > 0:
            raise Paused(retry_after=int(left) + 1)

    def _of(self, team_id: TeamId) -> CircuitBreaker:
        with self._lock:
            breaker = self._teams.pop(team_id, None) or CircuitBreaker(
                fail_max=self._rules.failures_of_team,
                reset_timeout=self._rules.breaker_seconds,
                exclude=[CircuitBreakerError],
                listeners=[Watched(TEAM_BREAKERS, team_id=team_id)],
                throw_new_error_on_trip=False,
            )
            self._teams[team_id] = breaker
            while len(self._teams) > _MOST_TEAMS:
                self._teams.popitem(last=False)
            return breaker


def _was_answered(error: BaseException) -> bool:
    """One account's 5xx is that account's trouble; what was not reached is everybody's."""
    return not isinstance(error, UpstreamFailure) or bool(getattr(error, "answered", False))
