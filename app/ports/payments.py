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

    Raises `KeyRejected` (401, 403), `BlawbyRateLimited`, `BlawbyUnavailable` (surely nothing done),
    and from the creations `OutcomeUnknown` (sent, and the answer lost).
    """

    def place(self) -> AbstractContextManager[None]:
        """One of the places for Blawby's callers, held for all calls inside. Waits in order of
        arrival, within the deadline."""

    def verify(self) -> bool:
        """Whether Blawby accepts this key for this team."""

    def find_customer(self, email: str) -> str | None:
        """The id of the customer with exactly this address, ignoring case."""

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        """Return the new customer's id, or that of the existing customer with this address."""

    def add_memo(self, customer_id: str, content: str, at: datetime) -> None:
        """Needs no place: no client waits for it."""

    def read_invoice(self, invoice_id: str) -> Invoice | None:
        """Return the invoice as Blawby has it; None if there is none."""

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice: ...


class PaymentsGateways(Protocol):
    def open(
        self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString
    ) -> PaymentsGateway: ...


class KeyHealing(Protocol):
    """What resolution does about a key that Blawby refused."""

    def is_rejected(self, resolved: ResolvedTeam, /) -> bool:
        """Whether this very key was refused, and it is too early to try it again."""

    def accepted(self, resolved: ResolvedTeam, /) -> None:
        """Blawby took this very key."""

    def reread(self, resolved: ResolvedTeam, /) -> ResolvedTeam | None:
        """The team as Vault has it now, or None where its key is still the refused one."""
