"""Call Blawby with the team's key and, if Blawby rejects it, with a newer one."""

from app.domain.matter import BillState
from app.domain.payment import Reason
from app.domain.team import ResolvedTeam
from app.errors import AppError, KeyRejected
from app.ports import KeyHealing, PaymentsGateways, TimeBudget
from app.services.payments.attempt import Attempt, Billing, Order, in_a_word

_SHARE_FOR_BLAWBY = 0.75


class Charging:
    """`deadline`: seconds for a request without its own deadline."""

    def __init__(
        self,
        gateways: PaymentsGateways,
        healing: KeyHealing,
        billing: Billing,
        budget: TimeBudget,
        deadline: float,
    ) -> None:
        self._gateways, self._healing, self._billing = gateways, healing, billing
        self._budget, self._deadline = budget, deadline

    def refusal(self, resolved: ResolvedTeam) -> Reason | None:
        """Why Blawby cannot be called for this team now; None if it can."""
        if resolved.key_unavailable:
            return Reason.VAULT_UNAVAILABLE
        if resolved.key is None:
            return Reason.NO_KEY
        return Reason.KEY_REJECTED if self._healing.is_rejected(resolved) else None

    def attempt(self, resolved: ResolvedTeam, order: Order) -> Attempt:
        """Charge with the current key; if Blawby rejects it, once more with a newer one. A quarter
        of the time is reserved for storing the outcome."""
        share = (self._budget.remaining() or self._deadline) * _SHARE_FOR_BLAWBY
        with self._budget.within(share):
            try:
                return self._with_key(resolved, order)
            except KeyRejected as refusal:
                return self._healed(resolved, order, refusal)

    def _healed(self, refused: ResolvedTeam, order: Order, refusal: KeyRejected) -> Attempt:
        answer = in_a_word(refusal)
        try:
            newer = self._healing.reread(refused)
        except AppError:
            return Attempt(BillState.FAILED, Reason.VAULT_UNAVAILABLE, answer=answer)
        if newer is None:
            return Attempt(BillState.FAILED, Reason.KEY_REJECTED, answer=answer)
        if newer.key_unavailable:
            return Attempt(BillState.FAILED, Reason.VAULT_UNAVAILABLE, answer=answer)
        try:
            return self._with_key(newer, order)
        except KeyRejected:
            return Attempt(BillState.FAILED, Reason.KEY_REJECTED, answer=answer)

    def _with_key(self, resolved: ResolvedTeam, order: Order) -> Attempt:
        key = resolved.key
        if key is None:
            return Attempt(BillState.FAILED, Reason.NO_KEY)
        if not order.matter.bill.is_at(key.team_ulid):
            # The record names the account before Blawby is called. The next turn begins there.
            return Attempt(BillState.FAILED, Reason.KEY_REJECTED)
        order.key_version = key.version
        gateway = self._gateways.open(resolved.team.team_id, key.team_ulid, key.api_key)
        attempt = self._billing.attempt(gateway, order)
        if attempt.state is BillState.INVOICED:
            self._healing.accepted(resolved)
        return attempt
