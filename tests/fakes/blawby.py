"""A Blawby in memory: one account for each team, which keeps what it was asked for."""

import itertools
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import Invoice, InvoiceDraft
from app.domain.secret import SecretString
from app.errors import KeyRejected, OutcomeUnknown
from tests.fakes.script import Script

T = TypeVar("T")


@dataclass
class Account:
    customers: dict[str, Client] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    """Customers by the `Idempotency-Key` that they were made with."""
    memos: list[str] = field(default_factory=list)
    invoices: list[tuple[str, Invoice]] = field(default_factory=list)
    """Each with the `Idempotency-Key` that it was made with."""


class FakeBlawby:
    """Implements `PaymentsGateways`. `misprice` is added to the amount of the next invoices."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.accounts: dict[TeamUlid, Account] = defaultdict(Account)
        self.used: list[tuple[TeamId, TeamUlid]] = []
        self.honours_idempotency = True
        self.misprice = Decimal(0)
        self.refused_keys: set[str] = set()
        self.lock = threading.RLock()
        self._ids = itertools.count(1)

    def open(self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString) -> "FakeGateway":
        self.used.append((team_id, team_ulid))
        return FakeGateway(self, team_ulid, api_key)

    def next_id(self) -> str:
        return str(next(self._ids))


class FakeGateway:
    """Implements `PaymentsGateway`."""

    def __init__(self, blawby: FakeBlawby, team_ulid: TeamUlid, api_key: SecretString) -> None:
        self._blawby, self._api_key = blawby, api_key
        self._account = blawby.accounts[team_ulid]

    def place(self) -> AbstractContextManager[None]:
        return nullcontext()

    def verify(self) -> bool:
        try:
            return self._call("verify", lambda: True)
        except KeyRejected:
            return False

    def find_customer(self, email: str) -> str | None:
        return self._call("search", lambda: self._find(email))

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        return self._call("customer", lambda: self._create(client, idempotency_key))

    def add_memo(self, customer_id: str, content: str, at: datetime) -> bool:
        return self._call("memo", lambda: self._noted(customer_id, content))

    def read_invoice(self, invoice_id: str) -> Invoice | None:
        return self._call("read_invoice", lambda: self._known(invoice_id))

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice:
        return self._call("invoice", lambda: self._make(draft, idempotency_key))

    def _call(self, step: str, work: Callable[[], T]) -> T:
        key = self._api_key.reveal()
        if key in self._blawby.refused_keys or key.startswith(("revoked", "bad", "invalid")):
            raise KeyRejected
        return self._blawby.script.run(step, lambda: self._locked(work))

    def _locked(self, work: Callable[[], T]) -> T:
        with self._blawby.lock:
            return work()

    def _find(self, email: str) -> str | None:
        same = (i for i, c in self._account.customers.items() if c.email.lower() == email.lower())
        return next(same, None)

    def _create(self, client: Client, key: str) -> str:
        first = self._account.created.get(key) if self._blawby.honours_idempotency else None
        if first and self._account.customers[first].email.lower() != client.email.lower():
            raise OutcomeUnknown
        return first or self._find(client.email) or self._add(client, key)

    def _add(self, client: Client, key: str) -> str:
        customer_id = self._blawby.next_id()
        self._account.customers[customer_id] = client
        self._account.created[key] = customer_id
        return customer_id

    def _noted(self, customer_id: str, content: str) -> bool:
        if customer_id not in self._account.customers:
            return False
        self._account.memos.append(content)
        return True

    def _known(self, invoice_id: str) -> Invoice | None:
        made = (invoice for _, invoice in self._account.invoices)
        return next((one for one in made if one.invoice_id == invoice_id), None)

    def _make(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice:
        for key, invoice in self._account.invoices:
            if key == idempotency_key and self._blawby.honours_idempotency:
                return invoice
        invoice_id = self._blawby.next_id()
        link = f"https://app.blawby.com/invoice/{invoice_id}/pay"
        invoice = Invoice(invoice_id, draft.amount + self._blawby.misprice, link, draft.customer_id)
        self._account.invoices.append((idempotency_key, invoice))
        return invoice
