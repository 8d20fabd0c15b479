"""One invoice per matter: its bill on record decides who may request it from Blawby.

`started → invoiced | failed | unknown`. A bill that is `started` for longer than the deadline
belongs to a dead worker. It is `failed` if Blawby was certainly not called, which the worklist
shows, and `unknown` otherwise. An `unknown` invoice is not requested again, unless Blawby is known
to honour the idempotency key, and then only at the account where it was requested.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from app.domain.ids import TeamId
from app.domain.matter import Bill, BillState, Matter
from app.domain.payment import Outcome, Reason
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import VaultUnavailable
from app.ports import Background, MatterStore, TimeBudget, Worklist
from app.services.payments.attempt import Attempt, Order
from app.services.payments.charging import Charging
from app.services.payments.methods import terms
from app.services.payments.rules import STORE_AWAY, InvoiceRules, is_stale, unknown
from app.services.payments.settling import Settling
from app.services.payments.waiting import Waiting

_BEGINNING_TRIES = 3


class Invoicing:
    """`observe` receives each new matter's payment and each attempt at an invoice."""

    def __init__(
        self,
        charging: Charging,
        worklist: Worklist,
        budget: TimeBudget,
        background: Background,
        rules: InvoiceRules,
        observe: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._charging, self._worklist, self._observe = charging, worklist, observe
        self._background, self._rules = background, rules
        self._settling = Settling(budget, rules.sleep)
        self._waiting = Waiting(rules)

    def opening(self, resolved: ResolvedTeam) -> Bill:
        """A new matter's bill: `started` if Blawby is to be called as soon as it is stored."""
        bill = terms(resolved.team.config)
        if bill.state is not BillState.FAILED:
            return bill
        refusal = self._charging.refusal(resolved)
        return replace(bill, reason=refusal) if refusal else self._begun(resolved, bill, True)

    def invoice(self, resolved: ResolvedTeam, store: MatterStore, matter: Matter) -> Bill:
        """The bill of a matter that this request has just stored."""
        if matter.bill.state is not BillState.STARTED:
            self._observe(Outcome(resolved.team.team_id, matter.key, matter.bill.payment))
            return matter.bill
        return self._asked(resolved, store, matter)

    def revisit(self, resolved: ResolvedTeam, store: MatterStore, matter: Matter) -> Bill:
        """The bill of a matter that existed before. If it certainly has no invoice yet, request one
        again."""
        for _ in range(_BEGINNING_TRIES):
            refusal = self._charging.refusal(resolved)
            bill = self._standing(resolved, matter, refusal)
            if bill.state is BillState.STARTED:
                return self._waiting.outcome(store, matter.key, bill)
            if not self._may_ask(resolved, bill):
                return bill
            if refusal:
                return _refused(bill, refusal)
            try:
                begun = self._begin(resolved, store, matter, bill)
            except STORE_AWAY:
                return _refused(bill, Reason.VAULT_UNAVAILABLE)
            if begun:
                return self._asked(resolved, store, begun)
            try:
                current = store.read(matter.key)
            except STORE_AWAY:
                break
            if current is None:
                break
            matter = current
        # Another request has begun meanwhile: there may be an invoice by now.
        return unknown(matter.bill)

    def _begin(
        self, resolved: ResolvedTeam, store: MatterStore, matter: Matter, bill: Bill
    ) -> Matter | None:
        begun, settled = None, matter.bill.state is BillState.FAILED
        try:
            begun = store.write(replace(matter, bill=self._begun(resolved, bill, settled)))
        finally:
            if begun is None:
                self._strike_unasked(resolved, matter, bill)
        return begun

    def _may_ask(self, resolved: ResolvedTeam, bill: Bill) -> bool:
        """Whether a new attempt is allowed. Blawby must be switched on in today's configuration,
        though the terms stay those of the day on which the matter was filed."""
        if terms(resolved.team.config).state is not BillState.FAILED:
            return False
        if bill.state is BillState.UNKNOWN:
            repeatable = self._rules.blawby_idempotent and bill.invoice_id is None
            return repeatable and resolved.key is not None and bill.is_at(resolved.key.team_ulid)
        return bill.state is BillState.FAILED

    def _standing(self, resolved: ResolvedTeam, matter: Matter, refusal: Reason | None) -> Bill:
        """The bill's effective state. Every attempt is added to the worklist before Blawby is
        called, so an attempt that can still be added was never sent. That says nothing of an
        earlier, doubtful one."""
        bill = matter.bill
        if not self._is_stale(bill):
            return bill
        failed = replace(bill, state=BillState.FAILED)
        unasked = False
        if refusal is None and not bill.doubtful and self._may_ask(resolved, failed):
            with suppress(*STORE_AWAY):
                unasked = self._worklist.add(Kind.INVOICE, _item(resolved.team.team_id, matter))
        return failed if unasked else replace(bill, state=BillState.UNKNOWN)

    def _strike_unasked(self, resolved: ResolvedTeam, matter: Matter, bill: Bill) -> None:
        """Remove an attempt from the worklist that `_standing` added, if no new attempt followed.
        Otherwise it stays for a while: by another machine's clock it may not be stale yet, and
        finding itself there stops it from calling."""
        if bill.state is BillState.FAILED and self._is_stale(matter.bill):
            item = _item(resolved.team.team_id, matter)
            self._background.run(lambda: self._worklist.remove(Kind.INVOICE, item))

    def _is_stale(self, bill: Bill) -> bool:
        return is_stale(bill, self._rules.clock(), self._rules.deadline)

    def _begun(self, resolved: ResolvedTeam, bill: Bill, settled: bool) -> Bill:
        """Start a new attempt. Its time is its name on the worklist, and differs from any earlier
        attempt's. A customer of another account is not one of this account. `settled`: the earlier
        attempts certainly left no invoice. Then Blawby must not answer with one of theirs, which
        somebody may have voided."""
        account = resolved.key.team_ulid if resolved.key else None
        same = account is not None and bill.is_at(account)
        at = self._rules.clock()
        if bill.started_at and at <= bill.started_at:
            at = bill.started_at + timedelta(microseconds=1)
        return replace(
            bill,
            state=BillState.STARTED,
            reason=None,
            attempt=secrets.token_hex(8),
            request=bill.request if bill.request and not settled else secrets.token_hex(8),
            started_at=at,
            account=account,
            customer_id=bill.customer_id if same else None,
            doubtful=bill.state is BillState.UNKNOWN,
        )

    def _asked(self, resolved: ResolvedTeam, store: MatterStore, begun: Matter) -> Bill:
        """After a doubtful attempt no failure is certain."""
        item = _item(resolved.team.team_id, begun)
        order = Order(resolved.team.team_id, begun, lambda: self._announce(item))
        attempt = self._charging.attempt(resolved, order)
        if begun.bill.doubtful and attempt.state is BillState.FAILED:
            attempt = replace(attempt, state=BillState.UNKNOWN, reason=Reason.OUTCOME_UNKNOWN)
        with order.steps.step("record"):
            settled = self._settling.settle(store, begun, attempt)
        if settled.written:
            self._background.run(lambda: self._worklist.remove(Kind.INVOICE, item))
        self._observe(_outcome(resolved, order, attempt, settled.bill))
        return settled.bill

    def _announce(self, item: WorkItem) -> None:
        """Raise if it is already there: another request considers this attempt stale."""
        if not self._worklist.add(Kind.INVOICE, item):
            raise VaultUnavailable


def _item(team_id: TeamId, matter: Matter) -> WorkItem:
    return WorkItem(matter.bill.started_at or matter.created_at, team_id, matter.key)


def _refused(bill: Bill, reason: Reason) -> Bill:
    """The client's payment without a request to Blawby: no link if there may be an invoice."""
    return unknown(bill) if bill.state is BillState.UNKNOWN else replace(bill, reason=reason)


def _outcome(resolved: ResolvedTeam, order: Order, attempt: Attempt, bill: Bill) -> Outcome:
    return Outcome(
        team_id=resolved.team.team_id,
        matter=order.matter.key,
        payment=bill.payment,
        key_version=order.key_version,
        answer=attempt.answer,
        milliseconds=order.steps.milliseconds,
    )
