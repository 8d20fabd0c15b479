"""A matter: what a client wants help with, as the firm has it on record."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.ids import TeamUlid
from app.domain.intake import Client
from app.domain.payment import Invoice, Method, Payment, Reason, dollars


class BillState(StrEnum):
    """How far a matter's payment is. From `STARTED` on it is about Blawby's invoice."""

    NONE = "none"
    """Nothing is to be paid."""
    LINK = "link"
    """To be paid by the team's own link or, without one, as the team tells the client."""
    STARTED = "started"
    INVOICED = "invoiced"
    FAILED = "failed"
    """Surely no invoice: it may be asked for again."""
    UNKNOWN = "unknown"
    """There may be an invoice: an operator has to look it up."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a matter costs and how far its payment is.

    `amount` and `link`, the team's own payment link, are those of the day on which the matter was
    filed, whatever the team's configuration says later. `attempt` names the attempt that wrote the
    bill, so that it knows its own writes again. `request` is part of the invoice's idempotency key:
    attempts share it while an earlier one may have made an invoice. `account` is the team's id at
    Blawby where the last attempt was made, `customer_id` the client's id there. Records of earlier
    versions name no account. `doubtful`: an earlier attempt than the last may have made an invoice.
    """

    state: BillState
    amount: Decimal = Decimal(0)
    link: str | None = None
    reason: Reason | None = None
    attempt: str = ""
    request: str = ""
    started_at: datetime | None = None
    account: TeamUlid | None = None
    customer_id: str | None = None
    doubtful: bool = False
    invoice_id: str | None = None
    invoice_link: str | None = None

    def is_at(self, account: TeamUlid) -> bool:
        """Whether customer and invoice are certainly in this account; ULIDs ignore case."""
        return self.account is not None and self.account.lower() == account.lower()

    @property
    def invoice(self) -> Invoice | None:
        if self.state is BillState.INVOICED and self.invoice_id and self.invoice_link:
            return Invoice(self.invoice_id, self.amount, self.invoice_link, self.customer_id)
        return None

    @property
    def otherwise(self) -> Method:
        """The method where Blawby surely made no invoice."""
        return Method.FALLBACK_LINK if self.link else Method.UNAVAILABLE

    @property
    def payment(self) -> Payment:
        """What the client is told: a row of the contract's payment table."""
        amount = dollars(self.amount)
        if self.invoice:
            paid = self.invoice
            return Payment(
                Method.BLAWBY_API, None, paid.payment_link, paid.invoice_id, dollars(paid.amount)
            )
        if self.state is BillState.NONE:
            return Payment(Method.NONE)
        if self.state is BillState.LINK and self.link:
            return Payment(Method.STATIC_LINK, None, self.link, None, amount)
        if self.state is BillState.LINK:
            return Payment(Method.UNAVAILABLE, Reason.NOT_CONFIGURED, amount=amount)
        if self.state is BillState.FAILED:
            reason = self.reason or Reason.BLAWBY_UNAVAILABLE
            return Payment(self.otherwise, reason, self.link, None, amount)
        return Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, amount=amount)


@dataclass(frozen=True, slots=True)
class Words:
    """What the client said about the matter, and when it was put on record."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The conversation that a matter comes from, by which it is known again: `digest` is a hash of
    its first `messages` client messages, `ordinal` counts the matters of one conversation."""

    messages: int
    digest: str
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """The conversation that a matter's current details are from: `digest` is a hash of the client's
    first `messages` messages, `client` the details as it told them."""

    messages: int
    digest: str
    client: Client


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter on record.

    `key` is the matter's id. `version` is Vault's, for the next write's check-and-set; 0 is not
    written yet. The first of `clients` is the client as first told, the last as corrected since.
    `heard` is None in records of former versions of the app.
    `revision` counts what the firm has to hear of; `delivered` is the last that its webhook took,
    `mailed` the last that was sent by e-mail.
    """

    key: str
    version: int
    created_at: datetime
    origin: Origin
    clients: tuple[Client, ...]
    words: tuple[Words, ...]
    bill: Bill
    matter_type: str | None = None
    urgency: str | None = None
    language: str = "en"
    session_id: str | None = None
    heard: Heard | None = None
    revision: int = 1
    delivered: int = 0
    mailed: int = 0
    opened_at: datetime | None = None

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def reference(self) -> str:
        return reference(self.key)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted matter: the conversation that it was filed from, as a hash."""

    key: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class MatterLabel:
    """What may be seen of a matter without the right to read it: nothing of the client."""

    key: str
    version: int
    created_at: datetime
    matter_type: str | None
    urgency: str | None
    state: BillState
    amount: Decimal
    method: Method
    otherwise: Method
    reason: Reason | None = None
    invoice_id: str | None = None
    started_at: datetime | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MatterVersion:
    """One write of a matter's document; `lives`: its content can still be read."""

    version: int
    written_at: datetime
    lives: bool


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_BITS = 40


def reference(key: str) -> str:
    """A matter's short name for people, such as `3F9K-27QM`: the first 40 bits of its id."""
    bits = int(key[: _REFERENCE_BITS // 4], 16)
    letters = [_CROCKFORD[bits >> shift & 31] for shift in range(_REFERENCE_BITS - 5, -1, -5)]
    text = "".join(letters)
    return f"{text[:4]}-{text[4:]}"
