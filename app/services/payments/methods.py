"""The payment table: which way a finished intake is paid."""

from collections.abc import Callable

from app.domain.intake import Intake
from app.domain.payment import Invoice, Method, Payment, Reason, dollars
from app.domain.team import ResolvedTeam, TeamConfig
from app.services.payments.invoicing import Invoicing


class Payments:
    """`observe` hears of each payment (for metrics); it gets no personal data."""

    def __init__(
        self, invoicing: Invoicing, observe: Callable[[Payment], None] = lambda _: None
    ) -> None:
        self._invoicing = invoicing
        self._observe = observe

    def charge(self, resolved: ResolvedTeam, intake: Intake) -> Payment:
        """How this intake is paid; raises nothing of the payment service's or the ledger's."""
        payment = self._way(resolved, intake)
        self._observe(payment)
        return payment

    def _way(self, resolved: ResolvedTeam, intake: Intake) -> Payment:
        config = resolved.team.config
        if not config.requires_payment or config.consultation_fee <= 0:
            return Payment(Method.NONE)
        if not config.blawby_enabled:
            return _by_link(config, Method.STATIC_LINK)
        outcome = self._invoicing.invoice(resolved, intake)
        if isinstance(outcome, Invoice):
            return _by_invoice(outcome)
        if outcome is Reason.OUTCOME_UNKNOWN:
            return Payment(Method.PENDING, outcome, amount=dollars(config.consultation_fee))
        return _by_link(config, Method.FALLBACK_LINK, outcome)


def _by_link(config: TeamConfig, method: Method, reason: Reason | None = None) -> Payment:
    """The team's own link, or `unavailable` where it has none."""
    amount = dollars(config.consultation_fee)
    if config.payment_link:
        return Payment(method, reason, invoice_url=config.payment_link, amount=amount)
    return Payment(Method.UNAVAILABLE, reason or Reason.NOT_CONFIGURED, amount=amount)


def _by_invoice(invoice: Invoice) -> Payment:
    return Payment(
        Method.BLAWBY_API,
        invoice_url=invoice.payment_link,
        payment_id=invoice.invoice_id,
        amount=dollars(invoice.amount),
    )
