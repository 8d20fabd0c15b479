"""Texts for the client about payment: one or two sentences for each method, all of them here.

No text asks a client to pay twice, and each names a next step. Why a payment service failed does
not concern the client: texts differ by reason only if the client must act differently.
"""

from collections.abc import Mapping

from app.domain.payment import Method, Payment

_ENGLISH = {
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
_SPANISH = {
    Method.BLAWBY_API: (
        "La consulta cuesta ${amount}. Su factura está lista; puede pagarla aquí: {link}"
    ),
    Method.STATIC_LINK: (
        "La consulta cuesta ${amount}. Puede pagarla aquí: {link} "
        "Nos pondremos en contacto con usted cuando llegue el pago."
    ),
    Method.FALLBACK_LINK: (
        "La consulta cuesta ${amount}. Por favor, páguela una sola vez, aquí: {link} "
        "Nos pondremos en contacto con usted cuando llegue el pago."
    ),
    Method.NONE: "No tiene que pagar nada. Nos pondremos en contacto con usted pronto.",
    Method.PENDING: (
        "La consulta cuesta ${amount}. Todavía estamos preparando su factura, así que por favor "
        "no pague nada todavía: le enviaremos el enlace por correo electrónico, una sola vez."
    ),
    Method.UNAVAILABLE: (
        "La consulta cuesta ${amount}. Por el momento no se puede pagar en línea, así que ahora "
        "no tiene que hacer nada: le escribiremos para decirle cómo pagarla."
    ),
}
_WORDS: Mapping[str, Mapping[Method, str]] = {"en": _ENGLISH, "es": _SPANISH}


def payment_words(payment: Payment, language: str = "en") -> str:
    """The sentence for this payment, to append to the intake's words."""
    words = _WORDS.get(language, _ENGLISH)
    return words[payment.method].format(amount=payment.amount, link=payment.invoice_url)
