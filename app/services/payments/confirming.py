"""The invoice that an operator names for a matter: whether it exists and is that matter's own."""

from collections.abc import Iterator

from app.domain.ids import TeamId, TeamUlid
from app.domain.matter import Matter, MatterLabel
from app.domain.payment import Invoice
from app.domain.secret import SecretString
from app.errors import MatterUnusable, NotFound, SecretNotFound, ValidationFailed
from app.ports import MatterStores, PaymentsGateway, PaymentsGateways, TeamSource
from app.services.matters.reading import Matters
from app.services.payments.customers import has_an_address

_PAGES = 5
_ANOTHER_CLIENT = "Blawby has this invoice for another customer than the matter's client."
_ANOTHER_MATTER = "This invoice is on record for another matter."


class Confirming:
    """Reads the client's details with the service's rights. The operator gets none of them."""

    def __init__(
        self,
        matters: Matters,
        stores: MatterStores,
        source: TeamSource,
        gateways: PaymentsGateways,
    ) -> None:
        self._matters, self._stores = matters, stores
        self._source, self._gateways = source, gateways

    def confirmed(
        self, caller: SecretString, team_id: TeamId, key: str, payment_id: str
    ) -> Invoice:
        """Raises `NotFound` and `SecretNotFound`; `ValidationFailed` if the invoice is another
        client's or another matter's. Looks at up to 5,000 of the team's matters."""
        blawby = self._source.read_key(team_id)
        if blawby is None:
            raise SecretNotFound
        gateway = self._gateways.open(team_id, blawby.team_ulid, blawby.api_key)
        invoice = gateway.read_invoice(payment_id)
        if invoice is None:
            raise NotFound("Blawby has no such invoice.")
        matter = self._stores.open(team_id).read(key)
        if matter is None:
            raise NotFound
        if not is_the_clients(gateway, blawby.team_ulid, matter, invoice):
            raise _refusal(_ANOTHER_CLIENT)
        for label in self._labels_with(caller, team_id, invoice.invoice_id):
            if label.key != matter.key and self._is_at(team_id, label, blawby.team_ulid):
                raise _refusal(_ANOTHER_MATTER)
        return invoice

    def _labels_with(
        self, caller: SecretString, team_id: TeamId, invoice_id: str
    ) -> Iterator[MatterLabel]:
        after = None
        for _ in range(_PAGES):
            page = self._matters.page(
                caller, team_id, after, 1, lambda label: label.invoice_id == invoice_id
            )
            yield from page.labels
            after = page.next
            if after is None:
                return

    def _is_at(self, team_id: TeamId, label: MatterLabel, account: TeamUlid) -> bool:
        """Whether the label's invoice may be in this account; another account counts its invoices
        anew."""
        try:
            matter = self._stores.open(team_id).read(label.key)
        except MatterUnusable:
            return True
        known = matter and matter.bill.account
        return matter is None or known is None or matter.bill.is_at(account)


def is_the_clients(
    gateway: PaymentsGateway, account: TeamUlid, matter: Matter, invoice: Invoice
) -> bool:
    """By the customer on record. An attempt that died, or one of an earlier version, left none for
    this account; then by the client's addresses."""
    if invoice.customer_id is None:
        return False
    if matter.bill.is_at(account) and invoice.customer_id == matter.bill.customer_id:
        return True
    return has_an_address(gateway, invoice.customer_id, matter.clients)


def _refusal(reason: str) -> ValidationFailed:
    return ValidationFailed({"paymentId": [reason]})
