"""One count for each call of Blawby, by what it was for and what became of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.adapters.blawby.guards import HeldBack, Paused
from app.errors import (
    BlawbyRateLimited,
    BlawbyTimeout,
    BlawbyUnknownTeam,
    KeyRejected,
    OutcomeUnknown,
)
from app.observability.upstreams import blawby_calls

# The first that fits.
_OUTCOMES = (
    ((HeldBack, Paused), "held_back"),
    (BlawbyUnknownTeam, "absent"),
    (KeyRejected, "key_rejected"),
    (BlawbyRateLimited, "rate_limited"),
    ((OutcomeUnknown, BlawbyTimeout), "unknown"),
)


class Counted:
    """`outcome` may be set where an exception does not tell it."""

    def __init__(self) -> None:
        self.outcome: str | None = None


@contextmanager
def counted(operation: str) -> Iterator[Counted]:
    """For what is done inside: repeats of a reading are part of one call."""
    call, began, found = Counted(), time.perf_counter(), "ok"
    try:
        yield call
    except Exception as error:
        found = next((it for kind, it in _OUTCOMES if isinstance(error, kind)), "unavailable")
        raise
    finally:
        blawby_calls.observe(operation, call.outcome or found, began)
