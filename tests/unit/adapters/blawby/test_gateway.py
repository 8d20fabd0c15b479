"""What each of Blawby's answers means for a read and for a creation, and what is sent for it."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from prometheus_client import REGISTRY

from app.adapters import deadline
from app.adapters.blawby.gateway import BlawbyGateway, BlawbyGateways
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import InvoiceDraft
from app.domain.secret import SecretString
from app.errors import (
    BlawbyRateLimited,
    BlawbyUnavailable,
    BlawbyUnknownTeam,
    KeyRejected,
    OutcomeUnknown,
)
from app.observability import correlation
from tests.rig import new_ulid
from tests.scripted_server import Answer, ScriptedServer
from vault.ports import free_port

ULID = TeamUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV")
BASE = f"/api/v1/teams/{ULID}"
KEY = SecretString("a-key-of-blawby")
CLIENT = Client("Jane Doe", "jane@example.com", "+19198321234")
DRAFT = InvoiceDraft("7", Decimal("75.50"), "A consultation")
AT = datetime(2031, 5, 1, 12, tzinfo=UTC)
ROW = {"id": 9, "amount_due": 75.5, "payment_link": "https://pay.example/9"}

READS: dict[str, Callable[[BlawbyGateway], object]] = {
    "verify": lambda it: it.verify(),
    "find_customer": lambda it: it.find_customer(CLIENT.email),
    "read_invoice": lambda it: it.read_invoice("9"),
}
CREATIONS: dict[str, Callable[[BlawbyGateway], object]] = {
    "create_customer": lambda it: it.create_customer(CLIENT, "an-idempotency-key"),
    "create_invoice": lambda it: it.create_invoice(DRAFT, "an-idempotency-key"),
    "add_memo": lambda it: it.add_memo("7", "A memo", AT),
}
CALLS = READS | CREATIONS


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda _: (200, {})) as server:
        yield server


NewGateway = Callable[[], BlawbyGateway]


@pytest.fixture
def new_gateway(server: ScriptedServer) -> NewGateway:
    """Each of another team, because what one did is remembered."""

    def make() -> BlawbyGateway:
        gateways = BlawbyGateways(f"{server.url}/", 20.0, today=lambda: date(2031, 5, 1))
        return gateways.open(TeamId(new_ulid()), ULID, KEY)

    return make


def counted(operation: str, outcome: str) -> float:
    labels = {"operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("team_secrets_blawby_calls_total", labels) or 0.0


def failures() -> float:
    labels = {"upstream": "blawby", "cause": "refused"}
    return REGISTRY.get_sample_value("team_secrets_connection_failures_total", labels) or 0.0


def in_turn(*answers: Answer) -> Callable[[object], Answer]:
    """The last one ever after."""
    told = itertools.chain(answers, itertools.repeat(answers[-1]))
    return lambda _: next(told)


REJECTED = (401, {"message": "no"})
# Status and body; what it means for a read, and for a creation, with the metric's labels.
MEANINGS: list[tuple[Answer, type[Exception], str, type[Exception], str]] = [
    (REJECTED, KeyRejected, "key_rejected", KeyRejected, "key_rejected"),
    ((403, {"message": "no"}), KeyRejected, "key_rejected", KeyRejected, "key_rejected"),
    ((403, b"<html>"), BlawbyUnavailable, "unavailable", BlawbyUnavailable, "unavailable"),
    ((429, {}), BlawbyRateLimited, "rate_limited", BlawbyRateLimited, "rate_limited"),
    ((400, {}), BlawbyUnavailable, "unavailable", BlawbyUnavailable, "unavailable"),
    ((409, {}), BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
    ((301, {}), BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
    ((302, {}), BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
    ((307, {}), BlawbyUnavailable, "unavailable", BlawbyUnavailable, "unavailable"),
    ((308, {}), BlawbyUnavailable, "unavailable", BlawbyUnavailable, "unavailable"),
    ((500, {}), BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
    ((503, {}), BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
    (None, BlawbyUnavailable, "unavailable", OutcomeUnknown, "unknown"),
]


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("meaning", MEANINGS, ids=str)
def test_what_an_answer_means(
    server: ScriptedServer,
    new_gateway: NewGateway,
    operation: str,
    meaning: tuple[Answer, type[Exception], str, type[Exception], str],
) -> None:
    answer, of_read, read_as, of_creation, created_as = meaning
    server.script = lambda _: answer
    reads = operation in READS
    outcome = read_as if reads else created_as
    before = counted(operation, outcome)
    if operation == "verify" and of_read is KeyRejected:
        assert new_gateway().verify() is False
    else:
        with pytest.raises((of_read, of_creation)) as raised:
            CALLS[operation](new_gateway())
        assert isinstance(raised.value, of_read if reads else of_creation)
        assert isinstance(raised.value, KeyRejected) is (outcome == "key_rejected")
        assert isinstance(raised.value, BlawbyRateLimited) is (outcome == "rate_limited")
    assert counted(operation, outcome) == before + 1
    repeated = reads and (answer is None or answer[0] >= 500)
    assert len(server.seen) == (3 if repeated else 1)


@pytest.mark.parametrize("operation", READS)
def test_a_read_that_fails_twice_is_read(
    server: ScriptedServer, new_gateway: NewGateway, operation: str
) -> None:
    good = ROW | {"customers": {"data": []}}
    server.script = in_turn(None, (503, {}), (200, good))
    READS[operation](new_gateway())
    assert len(server.seen) == 3


@pytest.mark.parametrize("operation", [*READS, "create_customer", "create_invoice"])
@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"data": 7}', b"[" * 100_000])
def test_a_success_that_nobody_can_read(
    server: ScriptedServer, new_gateway: NewGateway, operation: str, content: bytes
) -> None:
    server.script = lambda _: (200, content)
    if operation == "verify" and content.startswith(b"{"):
        assert new_gateway().verify()
        return
    with pytest.raises(BlawbyUnavailable if operation in READS else OutcomeUnknown):
        CALLS[operation](new_gateway())
    assert len(server.seen) == 1


def test_a_rate_limit_holds_for_all_calls_of_its_team(
    server: ScriptedServer, new_gateway: NewGateway
) -> None:
    server.script = lambda _: (429, {})
    gateway, another = new_gateway(), new_gateway()
    with pytest.raises(BlawbyRateLimited):
        gateway.verify()
    for operation, call in CALLS.items():
        before = counted(operation, "held_back")
        with pytest.raises(BlawbyRateLimited):
            call(gateway)
        assert counted(operation, "held_back") == before + 1
    assert len(server.seen) == 1
    with pytest.raises(BlawbyRateLimited):
        another.verify()
    assert len(server.seen) == 2


def in_two_hours() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=2))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        ("1", 1),
        ("0", 1),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 5000, 3600),
        ("-7", 60),
        ("\u0663", 60),
        ("soon", 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        pytest.param(in_two_hours(), 3600, id="in two hours"),
    ],
    ids=lambda it: str(it)[:30],
)
def test_a_rate_limit_is_believed_within_reason(
    server: ScriptedServer, new_gateway: NewGateway, told: str, seconds: int
) -> None:
    server.script = lambda _: (429, {}, {"Retry-After": told.encode().decode("latin-1")})
    with pytest.raises(BlawbyRateLimited) as raised:
        new_gateway().verify()
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("operation", CALLS)
def test_what_was_never_sent_is_surely_not_done(operation: str) -> None:
    gateways = BlawbyGateways(f"http://127.0.0.1:{free_port()}", 20.0)
    before, failed = counted(operation, "unavailable"), failures()
    with pytest.raises(BlawbyUnavailable) as raised:
        CALLS[operation](gateways.open(TeamId(new_ulid()), ULID, KEY))
    assert not isinstance(raised.value, OutcomeUnknown)
    assert counted(operation, "unavailable") == before + 1
    assert failures() == failed + (3 if operation in READS else 1)


# --- What is not there, or not accepted


def test_what_is_absent(server: ScriptedServer, new_gateway: NewGateway) -> None:
    server.script = lambda _: (404, {"message": "Not found"})
    gateway = new_gateway()
    before = {name: counted(name, "absent") for name in CALLS}
    assert gateway.verify() is False
    assert gateway.read_invoice("9") is None
    assert gateway.add_memo("7", "A memo", AT) is False
    with pytest.raises(BlawbyUnknownTeam):
        gateway.find_customer(CLIENT.email)
    absent = {"verify", "read_invoice", "add_memo", "find_customer"}
    assert {name for name in CALLS if counted(name, "absent") == before[name] + 1} == absent
    for operation in ("create_customer", "create_invoice"):
        with pytest.raises(BlawbyUnavailable):
            CALLS[operation](gateway)
    server.script = lambda _: (404, b"<html>")
    with pytest.raises(BlawbyUnavailable):
        gateway.add_memo("7", "A memo", AT)


@pytest.mark.parametrize("operation", CREATIONS)
def test_what_is_not_accepted(
    server: ScriptedServer, new_gateway: NewGateway, operation: str
) -> None:
    server.script = lambda _: (422, {"message": "no"})
    before = counted(operation, "rejected")
    with pytest.raises(BlawbyUnavailable):
        CREATIONS[operation](new_gateway())
    assert counted(operation, "rejected") == before + 1
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "told", [{"errors": {"email": ["It is TAKEN."]}}, {"message": "The email was taken."}]
)
def test_an_address_that_is_taken_is_looked_up(
    server: ScriptedServer, new_gateway: NewGateway, told: dict[str, object]
) -> None:
    row = {"id": 8, "email": CLIENT.email}
    server.script = in_turn((422, told), (200, {"customers": {"data": [{"id": 7}, row]}}))
    assert new_gateway().create_customer(CLIENT, "an-idempotency-key") == "8"
    assert server.paths() == [f"{BASE}/customer", f"{BASE}/customers?search=jane%40example.com"]
    server.script = in_turn((422, told), (200, {"customers": {"data": []}}))
    with pytest.raises(BlawbyUnavailable):
        new_gateway().create_customer(CLIENT, "an-idempotency-key")


@pytest.mark.parametrize(
    "told",
    [b"<html>taken", {"errors": ["taken"]}, {"errors": {"phone": "taken"}}, {"detail": "taken"}],
)
def test_one_that_is_refused_otherwise_is_not_looked_up(
    server: ScriptedServer, new_gateway: NewGateway, told: bytes | dict[str, object]
) -> None:
    server.script = lambda _: (422, told)
    with pytest.raises(BlawbyUnavailable):
        new_gateway().create_customer(CLIENT, "an-idempotency-key")
    assert server.paths() == [f"{BASE}/customer"]


# --- What is sent


def test_what_a_read_sends(server: ScriptedServer, new_gateway: NewGateway) -> None:
    server.script = lambda _: (200, ROW | {"customers": {"data": []}})
    gateway = new_gateway()
    with correlation.of("an-id", None):
        assert gateway.verify()
        assert gateway.find_customer(CLIENT.email) is None
        assert gateway.read_invoice("9") is not None
    searched = f"{BASE}/customers?search=jane%40example.com"
    assert server.paths() == [BASE, searched, f"{BASE}/invoices/9"]
    sent = {
        "authorization": f"Bearer {KEY.reveal()}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "team-secrets",
        "x-request-id": "an-id",
    }
    for seen in server.seen:
        assert (seen.method, seen.body) == ("GET", b"")
        assert {name: seen.headers.get(name) for name in sent} == sent
        assert not {"content-type", "idempotency-key"} & set(seen.headers)


def test_what_a_creation_sends(server: ScriptedServer, new_gateway: NewGateway) -> None:
    server.script = lambda _: (201, {"data": ROW})
    gateway = new_gateway()
    assert gateway.create_customer(CLIENT, "key-1") == "9"
    assert gateway.add_memo("7", "A memo", AT) is True
    assert gateway.create_invoice(DRAFT, "key-2").invoice_id == "9"
    customer, memo, invoice = server.seen
    assert (customer.path, customer.document) == (
        f"{BASE}/customer",
        {
            "name": "Jane Doe",
            "email": "jane@example.com",
            "phone": "+19198321234",
            "currency": "USD",
            "status": "Lead",
            "team_id": ULID,
        },
    )
    assert (memo.path, memo.document) == (
        f"{BASE}/customers/7/memos",
        {"content": "A memo", "event_time": "2031-05-01T12:00:00+00:00"},
    )
    line = {"description": "A consultation", "quantity": 1, "unit_price": 75.5, "line_total": 75.5}
    assert (invoice.path, invoice.document) == (
        f"{BASE}/invoice",
        {
            "customer_id": 7,
            "currency": "USD",
            "due_date": "2031-05-31",
            "status": "draft",
            "line_items": [line],
        },
    )
    keys = [seen.headers.get("idempotency-key") for seen in server.seen]
    assert keys == ["key-1", None, "key-2"]
    assert {seen.headers["content-type"] for seen in server.seen} == {"application/json"}
    assert {seen.method for seen in server.seen} == {"POST"}


@pytest.mark.parametrize(("given", "sent"), [("7", 7), ("70", 70), ("07", "07"), ("c_7", "c_7")])
def test_a_customers_id_goes_back_as_it_came(
    server: ScriptedServer, new_gateway: NewGateway, given: str, sent: object
) -> None:
    server.script = lambda _: (201, {"data": ROW})
    new_gateway().create_invoice(InvoiceDraft(given, Decimal(75), "x"), "key")
    assert server.seen[0].document["customer_id"] == sent


# --- An invoice in an answer

AS_SENT = {"customer_id": None, "currency": None}


@pytest.mark.parametrize(
    "more", [{}, AS_SENT, {"customer_id": 7, "currency": "USD"}, {"currency": "usd"}]
)
def test_an_invoice_that_fits(
    server: ScriptedServer, new_gateway: NewGateway, more: dict[str, object]
) -> None:
    server.script = lambda _: (200, {"data": ROW | more})
    invoice = new_gateway().create_invoice(DRAFT, "key")
    assert (invoice.invoice_id, invoice.amount) == ("9", Decimal("75.5"))
    assert (invoice.payment_link, invoice.customer_id) == ("https://pay.example/9", "7")


LONGEST = "https://pay.example/" + "x" * 1980
STRANGE = [
    {"customer_id": 8},
    {"currency": "EUR"},
    {"id": ""},
    {"id": None},
    {"id": True},
    {"id": "a/b"},
    {"id": "x" * 65},
    {"amount_due": -1},
    {"amount_due": 1_000_000_000},
    {"amount_due": "NaN"},
    {"amount_due": "Infinity"},
    {"amount_due": "many"},
    {"amount_due": None},
    {"amount_due": [1]},
    {"payment_link": None},
    {"payment_link": 7},
    {"payment_link": "javascript:alert(1)"},
    {"payment_link": "http://pay.example/9"},
    {"payment_link": "https://"},
    {"payment_link": "https://["},
    {"payment_link": "https://pay.example/a b"},
    {"payment_link": "https://pay.example/a\nb"},
    {"payment_link": LONGEST + "x"},
]


@pytest.mark.parametrize("more", STRANGE, ids=str)
def test_an_invoice_that_contradicts_is_unknown(
    server: ScriptedServer, new_gateway: NewGateway, more: dict[str, object]
) -> None:
    server.script = lambda _: (201, {"data": ROW | more})
    with pytest.raises(OutcomeUnknown):
        new_gateway().create_invoice(DRAFT, "key")


@pytest.mark.parametrize(
    "more",
    [
        {"id": "x" * 64},
        {"id": "A_b-9"},
        {"amount_due": 0},
        {"amount_due": "12.25"},
        {"amount_due": 999_999_999},
        {"payment_link": LONGEST},
        {"payment_link": "http://localhost/9"},
    ],
    ids=lambda more: str(more)[:40],
)
@pytest.mark.parametrize("inside", [True, False])
def test_an_invoice_at_the_limits_is_read(
    server: ScriptedServer, new_gateway: NewGateway, more: dict[str, object], inside: bool
) -> None:
    row = ROW | more
    server.script = lambda _: (200, {"data": row} if inside else row)
    invoice = new_gateway().read_invoice("9")
    assert invoice is not None
    assert (invoice.invoice_id, invoice.payment_link) == (str(row["id"]), row["payment_link"])
    assert (invoice.amount, invoice.customer_id) == (Decimal(str(row["amount_due"])), None)


def test_no_amount_passes_through_a_float(server: ScriptedServer, new_gateway: NewGateway) -> None:
    content = json.dumps(ROW).replace("75.5", "0.1000000000000000055511151231257827").encode()
    server.script = lambda _: (200, content)
    invoice = new_gateway().read_invoice("9")
    assert invoice is not None
    assert invoice.amount == Decimal("0.1000000000000000055511151231257827")


def test_a_sum_of_no_number_is_unreadable(server: ScriptedServer, new_gateway: NewGateway) -> None:
    server.script = lambda _: (200, json.dumps(ROW).replace("75.5", "NaN").encode())
    with pytest.raises(BlawbyUnavailable):
        new_gateway().read_invoice("9")


@pytest.mark.parametrize("content", [b'{"customers": []}', b'{"customers": {"data": {}}}'])
def test_a_list_of_customers_that_is_none(
    server: ScriptedServer, new_gateway: NewGateway, content: bytes
) -> None:
    server.script = lambda _: (200, content)
    with pytest.raises(BlawbyUnavailable):
        new_gateway().find_customer(CLIENT.email)


@pytest.mark.parametrize("size", [(1 << 20) - 100, (1 << 20) + 100])
def test_of_an_answer_the_first_megabyte_is_read(
    server: ScriptedServer, new_gateway: NewGateway, size: int
) -> None:
    empty = len(json.dumps(ROW | {"more": ""}))
    server.script = lambda _: (200, ROW | {"more": "x" * (size - empty)})
    if size < 1 << 20:
        assert new_gateway().read_invoice("9") is not None
    else:
        with pytest.raises(BlawbyUnavailable):
            new_gateway().read_invoice("9")


@pytest.mark.parametrize("operation", CALLS)
def test_without_time_nothing_is_sent(
    server: ScriptedServer, new_gateway: NewGateway, operation: str
) -> None:
    with deadline.within(0.0), pytest.raises(BlawbyUnavailable):
        CALLS[operation](new_gateway())
    assert server.seen == []


@pytest.mark.parametrize("operation", CALLS)
def test_what_cannot_be_a_request_is_surely_not_done(operation: str) -> None:
    gateway = BlawbyGateways("http://", 20.0).open(TeamId(new_ulid()), ULID, KEY)
    with pytest.raises(BlawbyUnavailable):
        CALLS[operation](gateway)
