"""What the client is told, for every row of the payment table: nobody twice, nobody left alone."""

import pytest

from app.domain.payment import Method, Payment, Reason
from app.services.payments.words import payment_words

LINK = "https://app.blawby.com/pay?amount={amount}&x=%7B"
FAILURES = [
    Reason.NO_KEY,
    Reason.KEY_REJECTED,
    Reason.BLAWBY_UNAVAILABLE,
    Reason.VAULT_UNAVAILABLE,
    Reason.RATE_LIMITED,
]
WITH_LINK = [
    Payment(Method.BLAWBY_API, None, LINK, "7", "75.00"),
    Payment(Method.STATIC_LINK, None, LINK, None, "75.00"),
    *(Payment(Method.FALLBACK_LINK, reason, LINK, None, "75.00") for reason in FAILURES),
]
WITHOUT_LINK = [
    Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.00"),
    *(
        Payment(Method.UNAVAILABLE, reason, amount="75.00")
        for reason in (*FAILURES, Reason.NOT_CONFIGURED)
    ),
]


def name(payment: Payment) -> str:
    return f"{payment.method}-{payment.reason}"


@pytest.mark.parametrize("payment", WITH_LINK, ids=name)
def test_who_may_pay_is_told_how_much_and_where_once(payment: Payment) -> None:
    words = payment_words(payment)
    assert words.count(LINK) == 1
    assert words.count("$75.00") == 1
    assert "None" not in words


@pytest.mark.parametrize("payment", WITHOUT_LINK, ids=name)
def test_who_cannot_pay_now_is_told_what_comes_next(payment: Payment) -> None:
    words = payment_words(payment)
    assert "http" not in words
    assert "$75.00" in words
    assert "we will" in words
    assert "None" not in words


def test_while_it_is_unknown_the_client_is_told_not_to_pay() -> None:
    pending = Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.00")
    assert "do not pay anything yet" in payment_words(pending)


def test_who_need_not_pay_is_told_so() -> None:
    words = payment_words(Payment(Method.NONE))
    assert "nothing to pay" in words
    assert "$" not in words


@pytest.mark.parametrize("payment", WITH_LINK + WITHOUT_LINK, ids=name)
def test_no_words_of_ours_reach_the_client(payment: Payment) -> None:
    """Which part failed, and why, is the team's business."""
    words = payment_words(payment).casefold()
    for ours in ("vault", "key", "blawby api", "unavailable", "error", "outcome", "failed"):
        assert ours not in words.replace(LINK.casefold(), "")


@pytest.mark.parametrize("language", ["en", "es", "fr", ""])
def test_every_method_has_words_in_every_language(language: str) -> None:
    """A language that has none is answered in English."""
    for method in Method:
        payment = Payment(method, None, LINK, "7", "75.00")
        words = payment_words(payment, language)
        assert words
        assert (words == payment_words(payment)) == (language != "es")


@pytest.mark.parametrize("payment", WITH_LINK + WITHOUT_LINK, ids=name)
def test_the_amount_and_the_link_are_told_in_spanish_too(payment: Payment) -> None:
    words = payment_words(payment, "es")
    assert words.count("$75.00") == 1
    assert words.count(LINK) == bool(payment.invoice_url)
    assert "None" not in words


def test_while_it_is_unknown_the_client_is_told_not_to_pay_in_spanish_too() -> None:
    pending = Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount="75.00")
    assert "no pague nada" in payment_words(pending, "es")
