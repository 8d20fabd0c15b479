"""The rules for requesting invoices."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.domain.matter import Bill, BillState, MatterLabel
from app.domain.payment import Reason
from app.errors import Forbidden, MatterUnusable, Unauthenticated, UpstreamFailure

STORE_AWAY = (UpstreamFailure, Unauthenticated, Forbidden, MatterUnusable)
"""Raised by the store of matters if it cannot read or write."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class InvoiceRules:
    """`deadline` is that of a request, in seconds. `blawby_idempotent`: Blawby is known to honour
    the idempotency key.

    `patience` is how long a copy of an intake waits for the first one. `waiting` copies may wait in
    a process in any case, and `spare` more while `has_threads_for` so many waiting copies."""

    deadline: float
    blawby_idempotent: bool = False
    patience: float = 4.0
    waiting: int = 1
    spare: int = 0
    has_threads_for: Callable[[int], bool] = lambda _: True
    clock: Callable[[], datetime] = now
    sleep: Callable[[float], None] = time.sleep


T = TypeVar("T", Bill, MatterLabel)


def is_stale(bill: Bill | MatterLabel, at: datetime, deadline: float) -> bool:
    """Whether an attempt took longer than a request may take, so that its worker must be dead."""
    if bill.state is not BillState.STARTED:
        return False
    return bill.started_at is None or at - bill.started_at > timedelta(seconds=deadline)


def standing(bill: T, at: datetime, deadline: float) -> T:
    """The bill to show: the outcome of a stale attempt is unknown."""
    return replace(bill, state=BillState.UNKNOWN) if is_stale(bill, at, deadline) else bill


def unknown(bill: Bill) -> Bill:
    """The bill where there may be an invoice."""
    return replace(bill, state=BillState.UNKNOWN, reason=Reason.OUTCOME_UNKNOWN)
