"""One attempt at an invoice: the steps at Blawby, and what each error means for the payment."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import BillState, Matter
from app.domain.payment import Invoice, InvoiceDraft, Reason
from app.errors import (
    BlawbyRateLimited,
    BlawbyTimeout,
    BlawbyUnavailable,
    BlawbyUnknownTeam,
    KeyRejected,
    OutcomeUnknown,
    UpstreamFailure,
)
from app.ports import PaymentsGateway, TimeBudget
from app.services.payments.memos import Memos
from app.services.payments.rules import STORE_AWAY
from app.services.payments.steps import Steps

_LEAST_SECONDS_TO_INVOICE = 1.0
_MARGIN = 1.25
_IN_A_WORD = (
    (BlawbyRateLimited, "rate limited"),
    (BlawbyTimeout, "timed out"),
    (BlawbyUnknownTeam, "no such team"),
    (BlawbyUnavailable, "unavailable"),
    (KeyRejected, "key rejected"),
    (UpstreamFailure, "no clear answer"),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of an attempt: the new state of the bill, and the reason.

    `invoice` with `UNKNOWN`: Blawby created an invoice, but not the requested one. `answer` is
    Blawby's last one, in one word for the log.
    """

    state: BillState
    reason: Reason | None = None
    invoice: Invoice | None = None
    customer_id: str | None = None
    answer: str = "not asked"


@dataclass(slots=True)
class Order:
    """The subject of an attempt. `announce` adds it to the worklist right before the app requests
    an invoice from Blawby; if it raises, nothing is requested. The other fields are filled in on
    the way: how long the steps took, the version of the key, the client's id at Blawby, and whether
    the attempt is announced; after that, only a newer key may be tried."""

    team_id: TeamId
    matter: Matter
    announce: Callable[[], None]
    steps: Steps = field(default_factory=Steps)
    key_version: int | None = None
    customer_id: str | None = None
    announced: bool = False


class Billing:
    """Create customer, then invoice, with the memo beside it."""

    def __init__(self, budget: TimeBudget, memos: Memos) -> None:
        self._budget = budget
        self._memos = memos

    def attempt(self, gateway: PaymentsGateway, order: Order) -> Attempt:
        """Raises `KeyRejected`: certainly no invoice."""
        try:
            attempt = self._attempt(gateway, order)
        except KeyRejected:
            raise
        except BlawbyRateLimited as failure:
            attempt = _failed(Reason.RATE_LIMITED, failure)
        except BlawbyUnavailable as failure:
            attempt = _failed(Reason.BLAWBY_UNAVAILABLE, failure)
        except UpstreamFailure as failure:
            attempt = Attempt(BillState.UNKNOWN, Reason.OUTCOME_UNKNOWN, answer=in_a_word(failure))
        return replace(attempt, customer_id=order.customer_id)

    def _attempt(self, gateway: PaymentsGateway, order: Order) -> Attempt:
        with ExitStack() as stack:
            with order.steps.step("waiting"):
                stack.enter_context(gateway.place())
            return self._billed(gateway, order)

    def _billed(self, gateway: PaymentsGateway, order: Order) -> Attempt:
        before = self._budget.remaining()
        with order.steps.step("customer"):
            order.customer_id, calls = _customer(gateway, order.matter)
        if not order.announced:
            self._memos.leave(gateway, order.customer_id, order.team_id, order.matter)
            try:
                order.announce()
            except STORE_AWAY:
                return Attempt(BillState.FAILED, Reason.VAULT_UNAVAILABLE)
            order.announced = True
        self._admit(before, calls)
        description = f"Consultation fee: {order.matter.matter_type}"
        draft = InvoiceDraft(order.customer_id, order.matter.bill.amount, description)
        with order.steps.step("invoice"):
            invoice = gateway.create_invoice(draft, _invoice_key(order.matter))
        if invoice.amount != order.matter.bill.amount:
            return Attempt(
                BillState.UNKNOWN, Reason.OUTCOME_UNKNOWN, invoice, answer="another amount"
            )
        return Attempt(BillState.INVOICED, invoice=invoice, answer="created")

    def _admit(self, before: float | None, calls: int) -> None:
        """Raise `BlawbyUnavailable` if the answer to an invoice request would come too late, judged
        by the duration of the `calls` so far. This also stops a process that was suspended while
        another one took the matter over."""
        left = self._budget.remaining()
        if left is None or before is None:
            return
        if left < max(_LEAST_SECONDS_TO_INVOICE, _MARGIN * (before - left) / calls):
            raise BlawbyUnavailable


def in_a_word(failure: Exception) -> str:
    return next((word for kind, word in _IN_A_WORD if isinstance(failure, kind)), "error")


def _failed(reason: Reason, failure: Exception) -> Attempt:
    return Attempt(BillState.FAILED, reason, answer=in_a_word(failure))


def _customer(gateway: PaymentsGateway, matter: Matter) -> tuple[str, int]:
    """Return the client's id at Blawby, and the number of calls. A lost answer to the creation
    cannot mean an invoice, so searching again is safe."""
    client = matter.client
    found = gateway.find_customer(client.email)
    if found is not None:
        return found, 1
    try:
        return gateway.create_customer(client, _customer_key(matter.key, client)), 2
    except OutcomeUnknown:
        found = gateway.find_customer(client.email)
    if found is None:
        raise BlawbyUnavailable
    return found, 3


def _invoice_key(matter: Matter) -> str:
    return f"{matter.key}-invoice-{matter.bill.request}"


def _customer_key(key: str, client: Client) -> str:
    """The idempotency key of the client's creation: another one for each contact, because Blawby
    answers a repeated key with the customer that it created first."""
    sent = json.dumps([key, client.name, client.email, client.phone])
    return f"{key}-customer-{hashlib.sha256(sent.encode()).hexdigest()[:16]}"
