"""An intake's entry in the ledger of invoices."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


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
