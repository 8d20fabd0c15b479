"""Connections that failed, counted and logged by cause."""

import logging
import time
from math import inf

from app.adapters.causes import cause_of, in_words
from app.observability.upstreams import connection_failures

_AGAIN_SECONDS = 60.0
_log = logging.getLogger(__name__)


class ConnectionFailures:
    """Counts the failures of one upstream, and logs each cause at most once a minute a process."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._told: dict[tuple[str, str | None], float] = {}

    def add(self, error: BaseException, address: str | None = None) -> str:
        """Returns the cause. `address`: of which server, where there are several."""
        cause = cause_of(error)
        connection_failures.labels(self._upstream, cause).inc()
        now, key = time.monotonic(), (cause, address)
        if now >= self._told.get(key, -inf):
            self._told[key] = now + _AGAIN_SECONDS
            extra = {"upstream": self._upstream, "cause": cause}
            _log.warning(
                "connection failed: %s",
                in_words(cause),
                extra=extra | ({"address": address} if address else {}),
            )
        return cause
