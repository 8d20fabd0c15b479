"""What the services need of the world, in the field's words. Adapters implement these.

Stores are bound to one team and one identity when they are made, so that no call can mix two.
Every method may raise `VaultUnavailable`, `UpstreamTimeout`, `Unauthenticated` or `Forbidden` where
Vault is behind it; what else it raises is said with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from app.ids import TeamId, TeamUlid
from app.secret import SecretString
from app.teams import Team


# --- payments -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Client:
    """A prospective client, complete: `phone` is E.164."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    customer_id: str
    amount: Decimal
    """US dollars, to the cent."""
    description: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as Blawby confirmed it."""

    invoice_id: str
    amount: Decimal
    payment_link: str


class PaymentsGateway(Protocol):
    """One team's account at Blawby, opened with that team's key.

    Raises `KeyRejected` (401, 403), `BlawbyRateLimited`, `BlawbyUnavailable` (surely nothing done),
    and from the creations `OutcomeUnknown` (sent, and the answer lost).
    """

    def verify(self) -> bool:
        """Whether Blawby takes this key for this team."""

    def find_customer(self, email: str) -> str | None:
        """The id of the customer with exactly this address, ignoring case."""

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        """The new customer's id, or that of the one who has the address already."""

    def add_memo(self, customer_id: str, content: str, at: datetime) -> None: ...

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice: ...


class PaymentsGateways(Protocol):
    def open(
        self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString
    ) -> PaymentsGateway: ...


class LedgerState(StrEnum):
    STARTED = "started"
    INVOICED = "invoiced"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The one entry of an intake. `version` is Vault's, the check-and-set value of the next write."""

    state: LedgerState
    version: int
    amount: Decimal
    started_at: datetime
    session_id: str
    invoice_id: str | None = None
    payment_link: str | None = None


class InvoiceLedger(Protocol):
    """One team's ledger of invoices: KV with check-and-set, keyed by the intake's identity."""

    def read(self, intake_key: str) -> LedgerEntry | None: ...

    def write(self, intake_key: str, entry: LedgerEntry) -> LedgerEntry | None:
        """Writes against `entry.version` (0: must not exist); the entry with its new version,
        or None when somebody else wrote first."""

    def page(self, after: str | None, limit: int) -> Sequence[tuple[str, LedgerEntry]]:
        """Entries in the order of their keys, beginning behind `after`."""


class InvoiceLedgers(Protocol):
    def open(self, team_id: TeamId) -> InvoiceLedger: ...


# --- the intake -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What the client has told so far; None is not known. `phone` is E.164."""

    name: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    matter_type: str | None = None
    description: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeTurn:
    """Where the intake stands after the last message. `response` is the next thing to say
    (for a complete intake the services put the words about payment behind it)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]


class IntakeEngine(Protocol):
    name: Literal["rules", "llm"]

    def turn(self, messages: Sequence[Message], team: Team) -> IntakeTurn: ...
