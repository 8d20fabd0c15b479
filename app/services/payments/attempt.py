"""One attempt at an invoice: the steps at Blawby, each error read as what it means for money."""

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
from app.ports import PaymentsGateway, TimeBudget

_MEMO_SECONDS = 2.0
_LEAST_SECONDS_TO_INVOICE = 1.0


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
    """Customer, memo, invoice. Of the errors only `KeyRejected` comes out: surely no invoice."""

    def __init__(self, budget: TimeBudget, clock: Callable[[], datetime]) -> None:
        self._budget = budget
        self._clock = clock

    def attempt(self, gateway: PaymentsGateway, order: Order) -> Attempt:
        try:
            customer_id = _customer(gateway, order)
            self._leave_memo(gateway, customer_id, order.intake)
            invoice = self._invoice(gateway, customer_id, order)
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

    def _leave_memo(self, gateway: PaymentsGateway, customer_id: str, intake: Intake) -> None:
        """The matter in a few lines for the lawyer; an invoice is worth more than its memo."""
        try:
            with self._budget.within(_MEMO_SECONDS):
                gateway.add_memo(customer_id, _memo(intake), self._clock())
        except (UpstreamFailure, KeyRejected):
            return

    def _invoice(self, gateway: PaymentsGateway, customer_id: str, order: Order) -> Invoice:
        left = self._budget.remaining()
        if left is not None and left < _LEAST_SECONDS_TO_INVOICE:
            # Sent now, its answer would come too late. It also stops a process that slept here
            # while somebody else took the intake over.
            raise BlawbyUnavailable
        description = f"Consultation fee: {order.intake.matter_type}"
        draft = InvoiceDraft(customer_id, order.fee, description)
        return gateway.create_invoice(draft, f"{order.key}-invoice")


def _customer(gateway: PaymentsGateway, order: Order) -> str:
    """The client's id at Blawby. No invoice can come of a creation whose answer was lost, so that
    looking again is all there is to do about it."""
    client = order.intake.client
    found = gateway.find_customer(client.email)
    if found is not None:
        return found
    try:
        return gateway.create_customer(client, f"{order.key}-customer")
    except OutcomeUnknown:
        found = gateway.find_customer(client.email)
    if found is None:
        raise BlawbyUnavailable
    return found


def _memo(intake: Intake) -> str:
    lines = (
        ("Matter", intake.matter_type),
        ("Description", intake.description),
        ("Location", intake.location),
        ("Urgency", intake.urgency),
    )
    return "\n".join(f"{label}: {text}" for label, text in lines if text)
