"""One intake's entry in the ledger: who may begin, and what the others find."""

import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.payment import Invoice, Reason
from app.errors import Forbidden, Unauthenticated, UpstreamFailure
from app.ports import InvoiceLedger

LEDGER_AWAY = (UpstreamFailure, Unauthenticated, Forbidden)

_BEGINNING_TRIES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.4


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LedgerRules:
    """`deadline` is that of a request, in seconds; `patience` how long a copy of an intake waits
    for the one that works on it, and `waiting` how many copies a process lets wait at a time."""

    deadline: float
    blawby_idempotent: bool = False
    patience: float = 4.0
    waiting: int = 1
    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep


def standing_state(entry: LedgerEntry, now: datetime, deadline: float) -> LedgerState:
    """An entry `started` for longer than a request may take is `unknown`: its worker is gone."""
    if entry.state is LedgerState.STARTED and now - entry.started_at > timedelta(seconds=deadline):
        return LedgerState.UNKNOWN
    return entry.state


class IntakeEntry:
    def __init__(
        self, ledger: InvoiceLedger, key: str, rules: LedgerRules, waiting: threading.Semaphore
    ) -> None:
        self._ledger, self._key, self._rules, self._waiting = ledger, key, rules, waiting
        self._version = 0
        self.doubtful = False
        """Whether an earlier attempt may have made an invoice: then no failure is a sure one."""

    def look(self) -> Invoice | Reason | None:
        """What there is already: an invoice, or why there is none; None where one may begin."""
        entry = self._ledger.read(self._key)
        if entry is None:
            return None
        self._version = entry.version
        state = standing_state(entry, self._rules.clock(), self._rules.deadline)
        if state is LedgerState.STARTED:
            return self._wait()
        may_repeat = self._rules.blawby_idempotent and entry.invoice_id is None
        self.doubtful = state is LedgerState.UNKNOWN
        if state is LedgerState.FAILED or (self.doubtful and may_repeat):
            return None
        return outcome(entry)

    def begin(self, fee: Decimal, session_id: str) -> LedgerEntry | Invoice | Reason:
        """The entry, where it is ours now: Blawby may be asked, once. Else what others made of it.

        Raises what the ledger raises where there is surely no invoice yet."""
        try:
            for _ in range(_BEGINNING_TRIES):
                written = self._ledger.write(self._key, self._claim(fee, session_id))
                if written is not None:
                    return written
                self.doubtful = True  # Somebody else has begun: there may be an invoice by now.
                standing = self.look()
                if standing is not None:
                    return standing
        except LEDGER_AWAY:
            if not self.doubtful:
                raise
        return Reason.OUTCOME_UNKNOWN

    def _claim(self, fee: Decimal, session_id: str) -> LedgerEntry:
        return LedgerEntry(
            state=LedgerState.STARTED,
            version=self._version,
            amount=fee,
            started_at=self._rules.clock(),
            session_id=session_id,
            attempt=secrets.token_hex(8),
        )

    def _wait(self) -> Invoice | Reason:
        """What the copy that began comes to. Each that waits holds a thread, so that few may."""
        if not self._waiting.acquire(blocking=False):
            return Reason.OUTCOME_UNKNOWN
        try:
            return self._watch()
        except LEDGER_AWAY:
            return Reason.OUTCOME_UNKNOWN
        finally:
            self._waiting.release()

    def _watch(self) -> Invoice | Reason:
        waited, pause = 0.0, _FIRST_PAUSE
        while waited < self._rules.patience:
            jittered = pause * random.uniform(0.5, 1.5)  # noqa: S311 (spreads load, guards nothing)
            self._rules.sleep(jittered)
            waited, pause = waited + jittered, min(pause * 2, _LONGEST_PAUSE)
            entry = self._ledger.read(self._key)
            if entry is not None and entry.state is not LedgerState.STARTED:
                return outcome(entry)
        return Reason.OUTCOME_UNKNOWN


def outcome(entry: LedgerEntry) -> Invoice | Reason:
    """What an entry says to a client: its invoice, or why there is none."""
    if entry.state is LedgerState.FAILED:
        return Reason(entry.reason) if entry.reason else Reason.BLAWBY_UNAVAILABLE
    if entry.state is LedgerState.INVOICED and entry.invoice_id and entry.payment_link:
        return Invoice(entry.invoice_id, entry.amount, entry.payment_link)
    return Reason.OUTCOME_UNKNOWN
