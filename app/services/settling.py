"""Writing down what an attempt came to, so that it stands whatever happens meanwhile."""

from collections.abc import Callable
from dataclasses import replace

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from app.ports import InvoiceLedger, LedgerEntry, LedgerState
from app.services.billing import Attempt
from app.services.intake_entry import LEDGER_AWAY

_log = structlog.get_logger(__name__)
_TRIES = 4
_OPEN = (LedgerState.STARTED, LedgerState.UNKNOWN)


def settle(
    ledger: InvoiceLedger,
    key: str,
    begun: LedgerEntry,
    attempt: Attempt,
    sleep: Callable[[float], None],
) -> None:
    """Tried again while the ledger is away. Where it can't be written the entry stays `started`,
    which turns into `unknown`: nothing is asked for twice."""
    settled = _settled(begun, attempt)
    tries = Retrying(
        stop=stop_after_attempt(_TRIES),
        wait=wait_random_exponential(multiplier=0.05, max=0.4),
        retry=retry_if_exception_type(LEDGER_AWAY),
        sleep=sleep,
        reraise=True,
    )
    try:
        tries(_write, ledger, key, settled)
    except LEDGER_AWAY:
        _log.error("invoice_unsettled", intake=key, state=attempt.state.value)


def _settled(begun: LedgerEntry, attempt: Attempt) -> LedgerEntry:
    """`amount` stays what was asked for; it is what Blawby confirmed where both agree."""
    return replace(
        begun,
        state=attempt.state,
        reason=attempt.reason.value if attempt.reason else None,
        invoice_id=attempt.invoice.invoice_id if attempt.invoice else None,
        payment_link=attempt.invoice.payment_link if attempt.invoice else None,
    )


def _write(ledger: InvoiceLedger, key: str, settled: LedgerEntry) -> None:
    if ledger.write(key, settled) is not None:
        return
    # Somebody wrote over it. What this attempt knows of itself is newer than a guess about it, but
    # neither than another attempt nor, unless there is an invoice, than an operator's word.
    current = ledger.read(key)
    if current is None or current.attempt != settled.attempt:
        return
    if settled.state is LedgerState.INVOICED or current.state in _OPEN:
        ledger.write(key, replace(settled, version=current.version))
