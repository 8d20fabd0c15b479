"""The payment table: every configuration's bill, and what is shown of it without a record."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.matter import Bill, BillState
from app.domain.payment import Method, Payment, Reason
from app.domain.team import TeamConfig
from app.services.payments.methods import (
    doubtful,
    payment_without_record,
    terms,
    terms_without_service,
)

LINK = "https://firm.example/pay"
AT = datetime(2031, 5, 1, tzinfo=UTC)


def config(**changes: Any) -> TeamConfig:
    document = {
        "requiresPayment": True,
        "consultationFee": 75,
        "paymentLink": LINK,
        "blawbyApi": {"enabled": True, "teamUlid": "0" * 26},
    }
    return TeamConfig(document | changes)


NO_BLAWBY = {"blawbyApi": {"enabled": False}}
FREE: list[dict[str, Any]] = [
    {"requiresPayment": False},
    {"consultationFee": 0},
    {"requiresPayment": False, "consultationFee": 0},
]


@pytest.mark.parametrize("changes", FREE)
def test_what_costs_nothing(changes: dict[str, Any]) -> None:
    free = config(**changes)
    assert terms(free) == terms_without_service(free) == Bill(BillState.NONE)
    for filed in (True, False):
        assert payment_without_record(free, filed) == Payment(Method.NONE)


@pytest.mark.parametrize("fee", [1, 75])
def test_what_blawby_may_be_asked_for(fee: int) -> None:
    paid = config(consultationFee=fee)
    assert terms(paid) == Bill(BillState.FAILED, Decimal(fee), LINK)
    assert terms_without_service(paid) == Bill(BillState.LINK, Decimal(fee), None)


def test_what_the_team_takes_itself() -> None:
    by_link = config(**NO_BLAWBY)
    assert terms(by_link) == Bill(BillState.LINK, Decimal(75), LINK)
    assert terms_without_service(by_link) == Bill(BillState.LINK, Decimal(75), None)


@pytest.mark.parametrize("state", BillState)
def test_an_invoice_that_cannot_be_read_may_be_there(state: BillState) -> None:
    bill = Bill(state, Decimal(75), LINK, Reason.KEY_REJECTED)
    without = state in (BillState.NONE, BillState.LINK)
    unknown = replace(bill, state=BillState.UNKNOWN, reason=None, started_at=AT)
    assert doubtful(bill, AT) == (bill if without else unknown)


@pytest.mark.parametrize(
    ("changes", "filed", "shown"),
    [
        ({}, True, Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.00")),
        (
            {},
            False,
            Payment(Method.FALLBACK_LINK, Reason.VAULT_UNAVAILABLE, LINK, amount="75.00"),
        ),
        (
            {"paymentLink": None},
            False,
            Payment(Method.UNAVAILABLE, Reason.VAULT_UNAVAILABLE, amount="75.00"),
        ),
        (NO_BLAWBY, True, Payment(Method.STATIC_LINK, None, LINK, amount="75.00")),
        (NO_BLAWBY, False, Payment(Method.STATIC_LINK, None, LINK, amount="75.00")),
    ],
)
def test_what_is_shown_while_vault_is_away(
    changes: dict[str, Any], filed: bool, shown: Payment
) -> None:
    assert payment_without_record(config(**changes), filed) == shown
