"""What the sandbox remembers: customers, memos, invoices, idempotent answers and who called."""

import hashlib
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Account:
    """One team's account at Blawby."""

    customers: list[Row] = field(default_factory=list)
    memos: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)


class Records:
    """All accounts behind one lock: `with records.lock` makes look-up and creation one step."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        with self.lock:
            self._ids = itertools.count(1)
            self.accounts: dict[str, Account] = defaultdict(Account)
            self.calls: list[Row] = []
            self.answered: dict[tuple[str, str, str], tuple[int, Row]] = {}

    def account(self, team: str) -> Account:
        return self.accounts[team.lower()]

    def next_id(self) -> int:
        return next(self._ids)

    def note_call(self, team: str, key: str | None, call: str, headers: Mapping[str, str]) -> Row:
        """The call is noted when it arrives; its status is filled in when it is answered."""
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
