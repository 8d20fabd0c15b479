"""The ledger that decides who may ask for an invoice."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry
from app.domain.secret import SecretString


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
