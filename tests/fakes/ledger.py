"""The ledger of invoices in memory, with Vault's check-and-set."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry
from tests.fakes.script import Script


class FakeLedgers:
    """Implements `InvoiceLedgers`."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.entries: dict[TeamId, dict[str, LedgerEntry]] = defaultdict(dict)
        self.lock = threading.Lock()

    def open(self, team_id: TeamId) -> "FakeLedger":
        return FakeLedger(self, self.entries[team_id])


class FakeLedger:
    """Implements `InvoiceLedger`."""

    def __init__(self, ledgers: FakeLedgers, entries: dict[str, LedgerEntry]) -> None:
        self._ledgers, self._entries = ledgers, entries

    def read(self, intake_key: str) -> LedgerEntry | None:
        return self._ledgers.script.run("ledger_read", lambda: self._entries.get(intake_key))

    def write(self, intake_key: str, entry: LedgerEntry) -> LedgerEntry | None:
        return self._ledgers.script.run("ledger_write", lambda: self._put(intake_key, entry))

    def page(self, after: str | None, limit: int) -> Sequence[tuple[str, LedgerEntry]]:
        names = sorted(name for name in self._entries if after is None or name > after)
        return [(name, self._entries[name]) for name in names[:limit]]

    def _put(self, intake_key: str, entry: LedgerEntry) -> LedgerEntry | None:
        with self._ledgers.lock:
            current = self._entries.get(intake_key)
            if current and current == replace(entry, version=current.version):
                return current
            if entry.version != (current.version if current else 0):
                return None
            self._entries[intake_key] = replace(entry, version=entry.version + 1)
            return self._entries[intake_key]
