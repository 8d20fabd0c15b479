"""The payment table: the payment method of a matter, fixed when it is filed."""

from dataclasses import replace
from datetime import datetime

from app.domain.matter import Bill, BillState
from app.domain.payment import Method, Payment, Reason, dollars
from app.domain.team import TeamConfig


def terms(config: TeamConfig) -> Bill:
    """A new matter's bill by the team's current configuration. `FAILED` means that Blawby may be
    called, because nothing was requested yet."""
    if not config.requires_payment or config.consultation_fee <= 0:
        return Bill(BillState.NONE)
    state = BillState.FAILED if config.blawby_enabled else BillState.LINK
    return Bill(state, config.consultation_fee, config.payment_link)


def terms_without_service(config: TeamConfig) -> Bill:
    """For a matter that none of the team's services covers: the team reviews it first, so the
    client is neither billed nor given a link."""
    bill = terms(config)
    if bill.state is BillState.NONE:
        return bill
    return Bill(BillState.LINK, bill.amount)


def doubtful(bill: Bill, at: datetime) -> Bill:
    """The bill if there may be an invoice that cannot be read."""
    if bill.state in (BillState.NONE, BillState.LINK):
        return bill
    return replace(bill, state=BillState.UNKNOWN, reason=None, started_at=at)


def payment_without_record(config: TeamConfig, filed: bool) -> Payment:
    """The payment to show while Vault is unavailable. `filed`: an earlier answer said that the
    matter is on record. It may have an invoice, so no other way to pay is offered."""
    bill = terms(config)
    if filed and bill.state is BillState.FAILED:
        amount = dollars(bill.amount)
        return Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount=amount)
    return replace(bill, reason=Reason.VAULT_UNAVAILABLE).payment
