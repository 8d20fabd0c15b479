"""One invoice per intake, whatever happens: the ledger decides who may ask Blawby for it.

`started → invoiced | failed | unknown`. An entry `started` for longer than the deadline is
`unknown`: whoever began it is gone. From `unknown` nothing is asked for again, unless Blawby is
known to honour the idempotency key.
"""

import threading

from app.domain.intake import Intake, intake_key
from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.payment import Invoice, Reason
from app.domain.team import ResolvedTeam
from app.errors import AppError, KeyRejected
from app.ports import Background, InvoiceLedgers, KeyHealing, PaymentsGateways, TimeBudget
from app.services.payments.attempt import Attempt, Billing, Order
from app.services.payments.entry import LEDGER_AWAY, IntakeEntry, LedgerRules
from app.services.payments.settling import Settling

_SHARE_FOR_BLAWBY = 0.75
_DOUBTFUL = Attempt(LedgerState.UNKNOWN, Reason.OUTCOME_UNKNOWN)


class Invoicing:
    def __init__(
        self,
        ledgers: InvoiceLedgers,
        gateways: PaymentsGateways,
        healing: KeyHealing,
        budget: TimeBudget,
        background: Background,
        rules: LedgerRules,
    ) -> None:
        self._ledgers, self._gateways, self._healing = ledgers, gateways, healing
        self._budget, self._rules = budget, rules
        self._billing = Billing(budget, rules.clock, background)
        self._settling = Settling(budget, rules.sleep)
        self._waiting = threading.BoundedSemaphore(rules.waiting)

    def invoice(self, resolved: ResolvedTeam, intake: Intake) -> Invoice | Reason:
        """The intake's one invoice, or why there is none; `OUTCOME_UNKNOWN`: there may be one."""
        if resolved.key_unavailable:
            return Reason.VAULT_UNAVAILABLE
        with self._budget.within(self._rules.deadline):
            try:
                return self._invoice(resolved, intake)
            except LEDGER_AWAY:
                return Reason.VAULT_UNAVAILABLE

    def _invoice(self, resolved: ResolvedTeam, intake: Intake) -> Invoice | Reason:
        """Raises what the ledger raises, and only while nothing has been asked of Blawby."""
        key = intake_key(resolved.team.team_id, intake)
        ledger = self._ledgers.open(resolved.team.team_id)
        entry = IntakeEntry(ledger, key, self._rules, self._waiting)
        standing = entry.look()
        if standing is not None:
            return standing
        refusal = self._refusal(resolved)
        if refusal is not None:
            return Reason.OUTCOME_UNKNOWN if entry.doubtful else refusal
        begun = entry.begin(resolved.team.config.consultation_fee, intake.session_id or "")
        if not isinstance(begun, LedgerEntry):
            return begun
        attempt = self._attempt(resolved, Order(intake, key, begun.amount))
        if entry.doubtful and attempt.state is LedgerState.FAILED:
            attempt = _DOUBTFUL
        return self._settling.settle(ledger, key, begun, attempt)

    def _refusal(self, resolved: ResolvedTeam) -> Reason | None:
        if resolved.key is None:
            return Reason.NO_KEY
        return Reason.KEY_REJECTED if self._healing.is_rejected(resolved) else None

    def _attempt(self, resolved: ResolvedTeam, order: Order) -> Attempt:
        """With the key at hand; where Blawby refuses it, once more with a newer one."""
        share = (self._budget.remaining() or self._rules.deadline) * _SHARE_FOR_BLAWBY
        with self._budget.within(share):
            try:
                return self._with_key(resolved, order)
            except KeyRejected:
                return self._healed(resolved, order)

    def _healed(self, refused: ResolvedTeam, order: Order) -> Attempt:
        try:
            newer = self._healing.reread(refused)
        except AppError:
            return _failed(Reason.VAULT_UNAVAILABLE)
        if newer is None:
            return _failed(Reason.KEY_REJECTED)
        if newer.key_unavailable:
            return _failed(Reason.VAULT_UNAVAILABLE)
        try:
            return self._with_key(newer, order)
        except KeyRejected:
            return _failed(Reason.KEY_REJECTED)

    def _with_key(self, resolved: ResolvedTeam, order: Order) -> Attempt:
        key = resolved.key
        if key is None:
            return _failed(Reason.NO_KEY)
        gateway = self._gateways.open(resolved.team.team_id, key.team_ulid, key.api_key)
        attempt = self._billing.attempt(gateway, order)
        if attempt.state is LedgerState.INVOICED:
            self._healing.accepted(resolved)
        return attempt


def _failed(reason: Reason) -> Attempt:
    return Attempt(LedgerState.FAILED, reason)
