"""Writing down what an attempt came to, so that it stands whatever happens meanwhile."""

import logging
from collections.abc import Callable
from dataclasses import replace

from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.payment import Invoice, Reason
from app.ports import InvoiceLedger, TimeBudget
from app.services.payments.attempt import Attempt
from app.services.payments.entry import LEDGER_AWAY, outcome

_log = logging.getLogger(__name__)
_TRIES = 5
_OPEN = (LedgerState.STARTED, LedgerState.UNKNOWN)


class Settling:
    def __init__(self, budget: TimeBudget, sleep: Callable[[float], None]) -> None:
        self._budget = budget
        self._tries = Retrying(
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(multiplier=0.1, max=0.6) + wait_random(0, 0.1),
            retry=retry_if_exception_type(LEDGER_AWAY),
            sleep=sleep,
            reraise=True,
        )

    def settle(
        self, ledger: InvoiceLedger, key: str, begun: LedgerEntry, attempt: Attempt
    ) -> Invoice | Reason:
        """What the intake came to, by what stands in the ledger now. Tried again while it is away;
        where it can't be written the entry stays `started`, which turns into `unknown`."""
        settled = _settled(begun, attempt)
        try:
            return outcome(self._tries(self._try, ledger, key, settled))
        except LEDGER_AWAY:
            told = {"intake": key, "state": settled.state.value}
            _log.error("an invoice could not be settled in the ledger", extra=told)
            made = settled.state is LedgerState.INVOICED
            return outcome(settled) if made else Reason.OUTCOME_UNKNOWN

    def _try(self, ledger: InvoiceLedger, key: str, settled: LedgerEntry) -> LedgerEntry:
        """No try takes all the time that is left."""
        with self._budget.within((self._budget.remaining() or 1.0) / 2):
            return _write(ledger, key, settled)


def _settled(begun: LedgerEntry, attempt: Attempt) -> LedgerEntry:
    """`amount` stays what was asked for; it is what Blawby confirmed where both agree."""
    return replace(
        begun,
        state=attempt.state,
        reason=attempt.reason.value if attempt.reason else None,
        invoice_id=attempt.invoice.invoice_id if attempt.invoice else None,
        payment_link=attempt.invoice.payment_link if attempt.invoice else None,
    )


def _write(ledger: InvoiceLedger, key: str, settled: LedgerEntry) -> LedgerEntry:
    """The entry that stands then."""
    written = ledger.write(key, settled)
    if written is not None:
        return written
    # Somebody wrote over it. What this attempt knows of itself is newer than a guess about it, but
    # neither than another attempt nor, unless there is an invoice, than an operator's word.
    current = ledger.read(key)
    invoiced = settled.state is LedgerState.INVOICED
    if current is None:
        return settled
    if current.attempt == settled.attempt and (invoiced or current.state in _OPEN):
        written = ledger.write(key, replace(settled, version=current.version))
    return written or (settled if invoiced else current)
