"""A payment as the agent's answers and matters have it."""

from app.domain.payment import Payment


def payment_document(payment: Payment) -> dict[str, str | None]:
    return {
        "method": payment.method,
        "reason": payment.reason,
        "invoiceUrl": payment.invoice_url,
        "paymentId": payment.payment_id,
        "amount": payment.amount,
        "currency": payment.currency,
    }
