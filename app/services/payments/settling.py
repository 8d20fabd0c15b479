"""Store the outcome of an attempt, whatever happens meanwhile."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from app.domain.matter import Bill, BillState, Matter
from app.errors import VaultUnavailable
from app.ports import MatterStore, TimeBudget
from app.services.payments.attempt import Attempt
from app.services.payments.rules import STORE_AWAY, unknown

_log = logging.getLogger(__name__)
_TRIES = 5
_CONFLICTS = 4
_OPEN = (BillState.STARTED, BillState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Settled:
    """The bill to show to the client. `written`: it is stored, and nothing of it is open."""

    bill: Bill
    written: bool


class Settling:
    def __init__(self, budget: TimeBudget, sleep: Callable[[float], None]) -> None:
        self._budget = budget
        self._tries = Retrying(
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(multiplier=0.1, max=0.6) + wait_random(0, 0.1),
            retry=retry_if_exception_type(STORE_AWAY),
            sleep=sleep,
            reraise=True,
        )

    def settle(self, store: MatterStore, begun: Matter, attempt: Attempt) -> Settled:
        """Store and return the bill, based on the state on record. Retries while Vault is
        unavailable; if nothing can be written the bill stays `started`, which turns into
        `unknown`."""
        settled = _settled(begun.bill, attempt)
        try:
            bill = self._tries(self._try, store, begun, settled)
        except STORE_AWAY:
            told = {"matter": begun.key, "state": settled.state.value}
            _log.error("the outcome of an invoice could not be put on record", extra=told)
            made = settled.state is BillState.INVOICED
            return Settled(settled if made else unknown(settled), written=False)
        return Settled(bill, written=bill.state not in _OPEN)

    def _try(self, store: MatterStore, begun: Matter, settled: Bill) -> Bill:
        """Limit a try to less than the remaining time."""
        with self._budget.within((self._budget.remaining() or 1.0) / 2):
            return _write(store, begun, settled)


def _settled(begun: Bill, attempt: Attempt) -> Bill:
    """`amount` stays the requested one; it equals what Blawby confirmed if both agree."""
    return replace(
        begun,
        state=attempt.state,
        reason=attempt.reason,
        customer_id=attempt.customer_id or begun.customer_id,
        invoice_id=attempt.invoice.invoice_id if attempt.invoice else None,
        invoice_link=attempt.invoice.payment_link if attempt.invoice else None,
    )


def _write(store: MatterStore, begun: Matter, settled: Bill) -> Bill:
    """The bill to store. Another write may have come first: the client's correction, which is kept,
    or an operator's decision. This attempt's own outcome overrides a guess about it, but not
    another attempt and, unless there is an invoice, not an operator's decision. What somebody
    deleted meanwhile may have had another attempt, which made an invoice."""
    matter, invoiced = begun, settled.state is BillState.INVOICED
    for _ in range(_CONFLICTS):
        if store.write(replace(matter, bill=settled)):
            return settled
        current = store.read(begun.key)
        if current is None:
            return settled if invoiced else unknown(settled)
        own = current.bill.attempt == settled.attempt
        if not own or not (invoiced or current.bill.state in _OPEN):
            return settled if invoiced else current.bill
        matter = current
    raise VaultUnavailable
