"""The ledger that decides who may ask for an invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from app.domain.ids import TeamId
from app.domain.secret import SecretString


class LedgerState(StrEnum):
    STARTED = "started"
    INVOICED = "invoiced"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The one entry of an intake; `version` is Vault's, for the next write's check-and-set."""

    state: LedgerState
    version: int
    amount: Decimal
    started_at: datetime
    session_id: str
    attempt: str = ""
    """A random text: which attempt wrote it, to know one's own writes again."""
    invoice_id: str | None = None
    payment_link: str | None = None
    reason: str | None = None
    """Why it failed or is not known, in the contract's words."""


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


class CallerLedgers(Protocol):
    """The same ledgers with a caller's rights: Vault decides who may look and who may settle."""

    def open(self, caller: SecretString, team_id: TeamId) -> InvoiceLedger: ...
