"""The sandbox's records: customers, memos, invoices, idempotent answers and calls."""

import hashlib
import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass
class Account:
    """One team's account at Blawby."""

    customers: list[Row] = field(default_factory=list)
    memos: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)


class Records:
    """All accounts behind one lock: `with records.lock` makes look-up and creation one step.

    With a `file`, accounts and idempotent answers survive a restart; calls and keys do not.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._file = file
        self._clear()
        if file and file.exists():
            self._load(json.loads(file.read_text()))

    def forget(self) -> None:
        with self.lock:
            self._clear()
            self.save()

    def save(self) -> None:
        """After each change, whole or not at all."""
        if self._file is None:
            return
        kept = {
            "next_id": self._next_id,
            "accounts": {team: asdict(account) for team, account in self.accounts.items()},
            "answered": [[*key, *answer] for key, answer in self.answered.items()],
        }
        draft = self._file.with_name(f".{self._file.name}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as text:
            json.dump(kept, text)
        draft.replace(self._file)

    def _clear(self) -> None:
        self._next_id = 1
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.calls: list[Row] = []
        self.answered: dict[tuple[str, str, str], tuple[int, Row]] = {}

    def _load(self, kept: Row) -> None:
        self._next_id = kept["next_id"]
        self.accounts.update({team: Account(**rows) for team, rows in kept["accounts"].items()})
        for team, call, idempotency, status, body in kept["answered"]:
            self.answered[team, call, idempotency] = (status, body)

    def account(self, team: str) -> Account:
        return self.accounts[team.lower()]

    def next_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def invoice(self, invoice_id: int) -> tuple[Row, Row] | None:
        """An invoice and its customer, whichever team's."""
        with self.lock:
            for account in self.accounts.values():
                for invoice in account.invoices:
                    if invoice["id"] == invoice_id:
                        customers = {str(each["id"]): each for each in account.customers}
                        return invoice, customers.get(str(invoice["customer_id"]), {})
        return None

    def note_call(self, team: str, key: str | None, call: str, headers: Mapping[str, str]) -> Row:
        """Record the call when it arrives; its status is set when it is answered."""
        row = {
            "at": time.time(),
            "team": team,
            "keySha256": key and hashlib.sha256(key.encode()).hexdigest(),
            "call": call,
            "idempotencyKey": headers.get("Idempotency-Key"),
            "requestId": headers.get("X-Request-Id"),
            "traceparent": headers.get("Traceparent"),
            "status": None,
        }
        with self.lock:
            self.calls.append(row)
        return row

    def everything(self, kind: str) -> list[Row]:
        """All accounts' `customers`, `memos` or `invoices`, each with its team."""
        with self.lock:
            return [
                {"team": team, **row}
                for team, account in self.accounts.items()
                for row in getattr(account, kind)
            ]
