"""Blawby's API in the field's words: customers, memos and invoices of one team."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Literal, TypeVar

from app.adapters.blawby.account import BlawbyAccount
from app.adapters.blawby.answers import (
    Unreadable,
    created_customer,
    created_invoice,
    customer_with,
    is_local,
    known_invoice,
    read_object,
    says_email_taken,
)
from app.adapters.blawby.counting import counted
from app.adapters.blawby.guards import GuardRules, Guards, Pauses
from app.adapters.blawby.wire import BlawbyWire
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import Invoice, InvoiceDraft
from app.domain.secret import SecretString
from app.errors import BlawbyUnavailable, BlawbyUnknownTeam, KeyRejected, OutcomeUnknown

T = TypeVar("T")

_CURRENCY = "USD"
_DAYS_TO_PAY = 30


def _today() -> date:
    return datetime.now(UTC).date()


class BlawbyGateways:
    """Implements `PaymentsGateways` for one base URL; `timeout` is that of a call, in seconds.
    Without `pauses` each process keeps its own."""

    def __init__(
        self,
        base_url: str,
        timeout: float = 5.0,
        guards: GuardRules | None = None,
        today: Callable[[], date] = _today,
        pauses: Pauses | None = None,
    ) -> None:
        self._wire = BlawbyWire(base_url, timeout)
        self.is_local = is_local(base_url)
        self._guards = Guards(guards or GuardRules(), pauses)
        self._today = today

    def state(self) -> Literal["ok", "unavailable", "unknown"]:
        """Whether the last call reached Blawby. Makes no call of its own."""
        return self._guards.state()

    def has_threads_for(self, copies: int) -> bool:
        """Whether so many threads may wait for what others get from Blawby."""
        return self._guards.has_threads_for(copies)

    def open(self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString) -> "BlawbyGateway":
        account = BlawbyAccount(self._wire, self._guards, team_id, team_ulid, api_key)
        return BlawbyGateway(account, self._today, self.is_local)


class BlawbyGateway:
    """Implements `PaymentsGateway`."""

    def __init__(self, account: BlawbyAccount, today: Callable[[], date], local: bool) -> None:
        self._account = account
        self._today = today
        self._local = local

    def place(self) -> AbstractContextManager[None]:
        return self._account.place()

    def verify(self) -> bool:
        with counted("verify") as call:
            try:
                answer = self._account.read()
            except KeyRejected:
                call.outcome = "key_rejected"
                return False
            if answer.status == HTTPStatus.NOT_FOUND:
                call.outcome = "absent"
                return False
            _readable(read_object, answer.content)
            return True

    def find_customer(self, email: str) -> str | None:
        with counted("find_customer"):
            answer = self._account.read("/customers", {"search": email})
            if answer.status == HTTPStatus.NOT_FOUND:
                raise BlawbyUnknownTeam
            return _readable(lambda content: customer_with(content, email), answer.content)

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        document = {
            "name": client.name,
            "email": client.email,
            "phone": client.phone,
            "currency": _CURRENCY,
            "status": "Lead",
            "team_id": self._account.team_ulid,
        }
        with counted("create_customer") as call:
            answer = self._account.create("/customer", document, idempotency_key)
            if answer.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                created = partial(created_customer, email=client.email)
                return _created(created, answer.content)
            call.outcome = "rejected"
        found = self.find_customer(client.email) if says_email_taken(answer.content) else None
        if found is None:
            raise BlawbyUnavailable
        return found

    def add_memo(self, customer_id: str, content: str, at: datetime) -> bool:
        path = f"/customers/{customer_id}/memos"
        document = {"content": content, "event_time": at.isoformat()}
        with counted("add_memo") as call:
            answer = self._account.create_beside(path, document)
            if answer.status == HTTPStatus.NOT_FOUND:
                call.outcome = "absent"
                return False
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                call.outcome = "rejected"
                raise BlawbyUnavailable
            return True

    def read_invoice(self, invoice_id: str) -> Invoice | None:
        with counted("read_invoice") as call:
            answer = self._account.read(f"/invoices/{invoice_id}")
            if answer.status == HTTPStatus.NOT_FOUND:
                call.outcome = "absent"
                return None
            return _readable(lambda it: known_invoice(it, local=self._local), answer.content)

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice:
        dollars = float(draft.amount)
        line = {
            "description": draft.description,
            "quantity": 1,
            "unit_price": dollars,
            "line_total": dollars,
        }
        document = {
            "customer_id": _as_given(draft.customer_id),
            "currency": _CURRENCY,
            "due_date": (self._today() + timedelta(days=_DAYS_TO_PAY)).isoformat(),
            "status": "draft",
            "line_items": [line],
        }
        created = partial(created_invoice, customer_id=draft.customer_id, local=self._local)
        with counted("create_invoice") as call:
            answer = self._account.create("/invoice", document, idempotency_key)
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                call.outcome = "rejected"
                raise BlawbyUnavailable
            return _created(created, answer.content)


def _readable(read: Callable[[bytes], T], content: bytes) -> T:
    try:
        return read(content)
    except Unreadable:
        raise BlawbyUnavailable from None


def _created(read: Callable[[bytes], T], content: bytes) -> T:
    """A creation that was answered with a success which nobody can read did happen, perhaps."""
    try:
        return read(content)
    except Unreadable:
        raise OutcomeUnknown from None


def _as_given(customer_id: str) -> int | str:
    """A counting id goes back as a number, as it came."""
    counts = customer_id.isdigit() and not customer_id.startswith("0")
    return int(customer_id) if counts else customer_id
