"""Whose a customer at Blawby is."""

from collections.abc import Sequence

from app.domain.intake import Client
from app.ports import PaymentsGateway


def has_an_address(
    gateway: PaymentsGateway, customer_id: str | None, clients: Sequence[Client]
) -> bool:
    """Whether Blawby has one of the client's addresses, the corrected ones too, for that customer.
    Raises what the gateway raises."""
    emails = dict.fromkeys(client.email for client in clients if client.email)
    return any(gateway.find_customer(email) == customer_id for email in emails)
