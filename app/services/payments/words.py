"""What the client is told about payment: one sentence or two for each way, all of them here.

Nobody is told to pay twice, and nobody is left without a next step. Why a payment service failed
is the team's business: the words for a reason differ only where the client must do otherwise.
"""

from app.domain.payment import Method, Payment

_WORDS = {
    Method.BLAWBY_API: (
        "The consultation fee is ${amount}. Your invoice is ready; please pay it here: {link}"
    ),
    Method.STATIC_LINK: (
        "The consultation fee is ${amount}. Please pay it here: {link} "
        "We will be in touch once it has arrived."
    ),
    Method.FALLBACK_LINK: (
        "The consultation fee is ${amount}. Please pay it once, here: {link} "
        "We will be in touch once it has arrived."
    ),
    Method.NONE: "There is nothing to pay. We will be in touch with you soon.",
    Method.PENDING: (
        "The consultation fee is ${amount}. Your invoice is still being prepared, so please do "
        "not pay anything yet: we will send you the link by email, and you will be asked once."
    ),
    Method.UNAVAILABLE: (
        "The consultation fee is ${amount}. It cannot be paid online at the moment, so there is "
        "nothing for you to do now: we will write to you about how to pay it."
    ),
}


def payment_words(payment: Payment) -> str:
    """The sentence for this payment, to stand behind what the intake says."""
    return _WORDS[payment.method].format(amount=payment.amount, link=payment.invoice_url)
