"""One team's account at Blawby."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import Invoice, InvoiceDraft
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam


class PaymentsGateway(Protocol):
    """One team's account at Blawby, opened with that team's key.

    Raises `KeyRejected` (401, 403), `BlawbyRateLimited`, `BlawbyUnavailable` (certainly nothing was
    created), and from the creations `OutcomeUnknown` (sent, but the answer was lost).
    """

    def place(self) -> AbstractContextManager[None]:
        """One of the places for calls to Blawby, held for all calls inside. Waits in order of
        arrival, within the deadline."""

    def verify(self) -> bool:
        """Whether Blawby accepts this key for this team."""

    def find_customer(self, email: str) -> str | None:
        """The id of the customer with exactly this address, ignoring case."""

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        """Return the new customer's id, or that of the existing customer with this address. Raises
        `OutcomeUnknown` if Blawby's answer is about a customer with another address."""

    def add_memo(self, customer_id: str, content: str, at: datetime) -> bool:
        """False if Blawby has no such customer. Needs no place, because no client waits for it."""

    def read_invoice(self, invoice_id: str) -> Invoice | None:
        """Return the invoice as Blawby has it; None if there is none."""

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice: ...


class PaymentsGateways(Protocol):
    def open(
        self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString
    ) -> PaymentsGateway: ...


class KeyHealing(Protocol):
    """Resolution after Blawby rejected a key."""

    def is_rejected(self, resolved: ResolvedTeam, /) -> bool:
        """Whether this very key was rejected, and it is too early for a new attempt."""

    def accepted(self, resolved: ResolvedTeam, /) -> None:
        """Blawby took this very key."""

    def reread(self, resolved: ResolvedTeam, /) -> ResolvedTeam | None:
        """The team's current value in Vault, or None if its key is still the rejected one."""
