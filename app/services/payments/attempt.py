"""One attempt at an invoice: the steps at Blawby, each error read as what it means for money."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.intake import Intake
from app.domain.ledger import LedgerState
from app.domain.payment import Invoice, InvoiceDraft, Reason
from app.errors import (
    BlawbyRateLimited,
    BlawbyUnavailable,
    KeyRejected,
    OutcomeUnknown,
    UpstreamFailure,
)
from app.ports import Background, PaymentsGateway, TimeBudget

_MEMO_SECONDS = 10.0
_LEAST_SECONDS_TO_INVOICE = 1.0
_MARGIN = 1.25
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt came to: the state that the ledger is to have, and why.

    `invoice` with `UNKNOWN`: Blawby made one, and not the one that was asked for.
    """

    state: LedgerState
    reason: Reason | None = None
    invoice: Invoice | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What an attempt is about: the intake, its identity, and the fee that the ledger holds."""

    intake: Intake
    key: str
    fee: Decimal


class Billing:
    """Customer, then invoice, with the memo beside it. Of the errors only `KeyRejected` comes out:
    surely no invoice."""

    def __init__(
        self, budget: TimeBudget, clock: Callable[[], datetime], background: Background
    ) -> None:
        self._budget = budget
        self._clock = clock
        self._background = background

    def attempt(self, gateway: PaymentsGateway, order: Order) -> Attempt:
        try:
            with gateway.place():
                invoice = self._billed(gateway, order)
        except KeyRejected:
            raise
        except BlawbyRateLimited:
            return Attempt(LedgerState.FAILED, Reason.RATE_LIMITED)
        except BlawbyUnavailable:
            return Attempt(LedgerState.FAILED, Reason.BLAWBY_UNAVAILABLE)
        except UpstreamFailure:
            return Attempt(LedgerState.UNKNOWN, Reason.OUTCOME_UNKNOWN)
        if invoice.amount != order.fee:
            return Attempt(LedgerState.UNKNOWN, Reason.OUTCOME_UNKNOWN, invoice)
        return Attempt(LedgerState.INVOICED, invoice=invoice)

    def _billed(self, gateway: PaymentsGateway, order: Order) -> Invoice:
        before = self._budget.remaining()
        customer_id, calls = _customer(gateway, order)
        self._background.run(lambda: self._leave_memo(gateway, customer_id, order))
        self._admit(before, calls)
        description = f"Consultation fee: {order.intake.matter_type}"
        draft = InvoiceDraft(customer_id, order.fee, description)
        return gateway.create_invoice(draft, f"{order.key}-invoice")

    def _admit(self, before: float | None, calls: int) -> None:
        """Raises `BlawbyUnavailable` where an invoice asked for now would be answered too late,
        judged by how long the `calls` so far took. It also stops a process that slept here while
        another one took the intake over."""
        left = self._budget.remaining()
        if left is None or before is None:
            return
        if left < max(_LEAST_SECONDS_TO_INVOICE, _MARGIN * (before - left) / calls):
            raise BlawbyUnavailable

    def _leave_memo(self, gateway: PaymentsGateway, customer_id: str, order: Order) -> None:
        """Leaves the matter in a few lines for the lawyer. No client waits for it."""
        try:
            with self._budget.within(_MEMO_SECONDS):
                gateway.add_memo(customer_id, _memo(order.intake), self._clock())
        except (UpstreamFailure, KeyRejected) as failure:
            told = {"intake": order.key, "cause": type(failure).__name__}
            _log.warning("a memo could not be left at Blawby", extra=told)


def _customer(gateway: PaymentsGateway, order: Order) -> tuple[str, int]:
    """The client's id at Blawby, and how many calls it took. No invoice can come of a creation
    whose answer was lost, so that looking again is all there is to do about it."""
    client = order.intake.client
    found = gateway.find_customer(client.email)
    if found is not None:
        return found, 1
    try:
        return gateway.create_customer(client, f"{order.key}-customer"), 2
    except OutcomeUnknown:
        found = gateway.find_customer(client.email)
    if found is None:
        raise BlawbyUnavailable
    return found, 3


def _memo(intake: Intake) -> str:
    lines = (
        ("Matter", intake.matter_type),
        ("Description", intake.description),
        ("Location", intake.location),
        ("Urgency", intake.urgency),
    )
    return "\n".join(f"{label}: {text}" for label, text in lines if text)
