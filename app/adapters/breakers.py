"""What a breaker's changes look like from outside: one log line and one count for each."""

import logging
from typing import Any

from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker, CircuitBreakerListener

from app.observability.upstreams import breaker_changed

_log = logging.getLogger(__name__)


def tell_change(breaker: str, *, is_open: bool, **about: str) -> None:
    breaker_changed(breaker, is_open=is_open)
    told = {"breaker": breaker, "state": "open" if is_open else "closed"} | about
    _log.warning("a breaker opened" if is_open else "a breaker closed", extra=told)


class Watched(CircuitBreakerListener):
    """Between open and closed a breaker tries one call; a trial that fails is no change."""

    def __init__(self, breaker: str, **about: str) -> None:
        self._breaker, self._about = breaker, about
        self._is_open = False

    def state_change(self, _cb: CircuitBreaker, _old: Any, new: Any) -> None:
        is_open = new.name == STATE_OPEN
        if is_open is self._is_open or not (is_open or new.name == STATE_CLOSED):
            return
        self._is_open = is_open
        tell_change(self._breaker, is_open=is_open, **self._about)
