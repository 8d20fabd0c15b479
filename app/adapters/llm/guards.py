"""Guards that keep a slow or dead model from costing anybody time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from pybreaker import STATE_CLOSED, CircuitBreaker, CircuitBreakerError

from app.adapters.breakers import Watched
from app.observability.model import places_allowed, places_in_use
from app.ports import ModelFailed

_FAILURES = 5
_BREAKER_SECONDS = 15.0
HELD_BACK = "held_back"


class Guards:
    """`places` callers at a time in this process; nobody waits for a place. The breaker opens after
    a few failures in a row."""

    def __init__(self, places: int, breaker_seconds: float = _BREAKER_SECONDS) -> None:
        self._breaker_seconds, self._tried_at = breaker_seconds, -inf
        self._places = threading.BoundedSemaphore(places)
        places_allowed.set(places)
        self._breaker = CircuitBreaker(
            fail_max=_FAILURES,
            reset_timeout=breaker_seconds,
            exclude=[_is_the_clients],
            listeners=[Watched("llm")],
            throw_new_error_on_trip=False,
        )

    @property
    def is_well(self) -> bool:
        """False while the breaker is open, and while a trial finds out whether it may close."""
        return bool(self._breaker.current_state == STATE_CLOSED)

    def trial_is_due(self) -> bool:
        """True once in a while; the breaker itself decides whether the trial is too early."""
        now = time.monotonic()
        if now - self._tried_at < self._breaker_seconds:
            return False
        self._tried_at = now
        return True

    @contextmanager
    def place(self) -> Iterator[None]:
        """Raises `ModelFailed` at once if there is none."""
        if not self._places.acquire(blocking=False):
            raise ModelFailed(HELD_BACK)
        places_in_use.inc()
        try:
            yield
        finally:
            places_in_use.dec()
            self._places.release()

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Around one call, which the breaker judges; raises `ModelFailed` if it is open."""
        try:
            with self._breaker.calling():
                yield
        except CircuitBreakerError:
            raise ModelFailed(HELD_BACK) from None


def _is_the_clients(error: BaseException) -> bool:
    """A refusal is about one client's words, and must not cost others the model."""
    return isinstance(error, ModelFailed) and error.outcome == "refused"
