"""A matter's bill as the client is told it, and its reference."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.matter import Bill, BillState, reference
from app.domain.payment import Method, Payment, Reason

LINK, INVOICE = "https://firm.example/pay", "https://app.blawby.com/invoice/7/pay"
BILL = Bill(BillState.STARTED, Decimal("75.10"), LINK)
PENDING = Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.10")


def of(state: BillState, **changes: object) -> Bill:
    return replace(BILL, state=state, **changes)


@pytest.mark.parametrize(
    ("bill", "payment"),
    [
        (Bill(BillState.NONE), Payment(Method.NONE)),
        (of(BillState.LINK), Payment(Method.STATIC_LINK, None, LINK, None, "75.10")),
        (
            of(BillState.LINK, link=None),
            Payment(Method.UNAVAILABLE, Reason.NOT_CONFIGURED, amount="75.10"),
        ),
        (
            of(BillState.FAILED, reason=Reason.NO_KEY),
            Payment(Method.FALLBACK_LINK, Reason.NO_KEY, LINK, None, "75.10"),
        ),
        (
            of(BillState.FAILED, link=None),
            Payment(Method.UNAVAILABLE, Reason.BLAWBY_UNAVAILABLE, amount="75.10"),
        ),
        (
            of(BillState.INVOICED, invoice_id="7", invoice_link=INVOICE),
            Payment(Method.BLAWBY_API, None, INVOICE, "7", "75.10"),
        ),
        (of(BillState.INVOICED), PENDING),
        (of(BillState.STARTED), PENDING),
        (of(BillState.UNKNOWN), PENDING),
        (of(BillState.UNKNOWN, invoice_id="7", invoice_link=INVOICE), PENDING),
    ],
)
def test_a_bill_is_a_row_of_the_payment_table(bill: Bill, payment: Payment) -> None:
    assert bill.payment == payment


def test_no_link_is_offered_where_there_may_be_an_invoice() -> None:
    for state in (BillState.STARTED, BillState.UNKNOWN):
        assert of(state).payment.invoice_url is None


@given(st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_reference_is_short_and_made_of_the_id(key: str) -> None:
    assert len(reference(key)) == 9
    assert not set(reference(key)) & set("ILOUilou")
    assert reference(key[:10] + "0" * 22) == reference(key)


def test_two_ids_have_two_references() -> None:
    assert reference("0" * 32) == "0000-0000"
    assert reference("f" * 32) == "ZZZZ-ZZZZ"
    assert reference("0000000001" + "0" * 22) == "0000-0001"
