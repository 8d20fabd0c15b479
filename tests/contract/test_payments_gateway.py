"""`PaymentsGateway`: the same suite on the fake and on the real client against the sandbox."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.adapters.blawby.gateway import BlawbyGateways
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import InvoiceDraft
from app.domain.secret import SecretString
from app.errors import BlawbyUnavailable, KeyRejected, OutcomeUnknown
from app.ports import PaymentsGateway, PaymentsGateways
from tests.fakes.blawby import FakeBlawby
from tests.rig import Sandbox, new_ulid

JANE = Client("Jane Doe", "jane@example.com", "+19198296000")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Blawby:
    gateways: PaymentsGateways
    memos: Callable[[TeamUlid], list[str]]
    invoices: Callable[[TeamUlid], int]

    def open(self, team_ulid: TeamUlid, key: str = "good-key-0001") -> PaymentsGateway:
        return self.gateways.open(TeamId.parse(team_ulid), team_ulid, SecretString(key))


def fake_blawby() -> Blawby:
    fake = FakeBlawby()
    return Blawby(
        fake,
        lambda ulid: fake.accounts[ulid].memos,
        lambda ulid: len(fake.accounts[ulid].invoices),
    )


def real_blawby(sandbox: Sandbox) -> Blawby:
    def rows(kind: str, ulid: TeamUlid) -> list[dict[str, str]]:
        return [row for row in sandbox.admin("GET", kind) if row["team"] == ulid.lower()]

    return Blawby(
        BlawbyGateways(sandbox.url),
        lambda ulid: [row["content"] for row in rows("memos", ulid)],
        lambda ulid: len(rows("invoices", ulid)),
    )


@pytest.fixture(params=["fake", "sandbox"])
def blawby(request: pytest.FixtureRequest) -> Blawby:
    if request.param == "fake":
        return fake_blawby()
    return real_blawby(request.getfixturevalue("sandbox"))


@pytest.fixture
def ulid() -> TeamUlid:
    return TeamUlid.parse(new_ulid().upper())


@pytest.fixture
def gateway(blawby: Blawby, ulid: TeamUlid) -> PaymentsGateway:
    return blawby.open(ulid)


def draft(customer_id: str, amount: str = "75.00") -> InvoiceDraft:
    return InvoiceDraft(customer_id, Decimal(amount), "Consultation fee: Family Law")


def test_a_good_key_is_valid_and_a_refused_one_is_not(blawby: Blawby, ulid: TeamUlid) -> None:
    assert blawby.open(ulid).verify() is True
    assert blawby.open(ulid, "revoked-key-1").verify() is False


def test_a_refused_key_is_said_by_every_call(blawby: Blawby, ulid: TeamUlid) -> None:
    gateway = blawby.open(ulid, "revoked-key-1")
    calls: list[Callable[[], object]] = [
        lambda: gateway.find_customer(JANE.email),
        lambda: gateway.create_customer(JANE, "k"),
        lambda: gateway.add_memo("1", "memo", NOW),
        lambda: gateway.create_invoice(draft("1"), "k"),
    ]
    for call in calls:
        with pytest.raises(KeyRejected):
            call()


def test_a_customer_is_found_once_there_is_one(gateway: PaymentsGateway) -> None:
    assert gateway.find_customer(JANE.email) is None
    customer_id = gateway.create_customer(JANE, "k")
    assert gateway.find_customer(JANE.email) == customer_id
    assert gateway.find_customer("Jane@Example.COM") == customer_id


@pytest.mark.parametrize("near", ["xjane@example.com", "jane@example.com.au", "jane@example.co"])
def test_near_matches_are_not_the_client(gateway: PaymentsGateway, near: str) -> None:
    gateway.create_customer(replace(JANE, email=near), "k")
    assert gateway.find_customer(JANE.email) is None


@pytest.mark.parametrize("email", ["jane@example.com", "JANE@example.com"])
def test_an_address_that_is_taken_gives_its_customer(gateway: PaymentsGateway, email: str) -> None:
    customer_id = gateway.create_customer(JANE, "k1")
    assert gateway.create_customer(replace(JANE, email=email), "k2") == customer_id


def test_a_repeated_key_never_gives_a_customer_with_another_address(
    gateway: PaymentsGateway,
) -> None:
    gateway.create_customer(JANE, "k")
    with pytest.raises(OutcomeUnknown):
        gateway.create_customer(replace(JANE, email="right@example.com"), "k")


def test_an_address_with_signs_of_its_own_is_found(gateway: PaymentsGateway) -> None:
    odd = replace(JANE, email="jane+law&order=1#x@example.com")
    assert gateway.find_customer(odd.email) is None
    assert gateway.create_customer(odd, "k") == gateway.find_customer(odd.email)


def test_a_memo_is_kept(blawby: Blawby, gateway: PaymentsGateway, ulid: TeamUlid) -> None:
    assert gateway.add_memo(gateway.create_customer(JANE, "k"), "Matter: Ümläut\nline", NOW)
    assert blawby.memos(ulid) == ["Matter: Ümläut\nline"]


def test_a_memo_for_a_customer_of_another_account_is_not_kept(
    blawby: Blawby, gateway: PaymentsGateway, ulid: TeamUlid
) -> None:
    customer_id = gateway.create_customer(JANE, "k")
    other = TeamUlid.parse(new_ulid().upper())
    assert blawby.open(other).add_memo(customer_id, "memo", NOW) is False
    assert blawby.memos(other) == blawby.memos(ulid) == []


@pytest.mark.parametrize("amount", ["75.00", "0.01", "75.10", "19.99", "1234567.89", "100"])
def test_an_invoice_is_confirmed_to_the_cent(gateway: PaymentsGateway, amount: str) -> None:
    customer_id = gateway.create_customer(JANE, "k")
    invoice = gateway.create_invoice(draft(customer_id, amount), "k")
    assert invoice.amount == Decimal(amount)
    assert invoice.invoice_id
    assert invoice.payment_link.endswith(f"/invoice/{invoice.invoice_id}/pay")


def test_an_invoice_is_read_as_it_was_confirmed(gateway: PaymentsGateway) -> None:
    invoice = gateway.create_invoice(draft(gateway.create_customer(JANE, "k"), "75.10"), "k")
    assert gateway.read_invoice(invoice.invoice_id) == invoice
    assert gateway.read_invoice("999999") is None


def test_a_repeated_idempotency_key_gives_the_same_invoice(
    blawby: Blawby, gateway: PaymentsGateway, ulid: TeamUlid
) -> None:
    customer_id = gateway.create_customer(JANE, "k")
    first = gateway.create_invoice(draft(customer_id), "k")
    assert gateway.create_invoice(draft(customer_id), "k") == first
    assert gateway.create_invoice(draft(customer_id), "k2") != first
    assert blawby.invoices(ulid) == 2


def test_teams_do_not_share_customers(blawby: Blawby, gateway: PaymentsGateway) -> None:
    gateway.create_customer(JANE, "k")
    assert blawby.open(TeamUlid.parse(new_ulid())).find_customer(JANE.email) is None


def test_six_at_once_make_one_customer(gateway: PaymentsGateway) -> None:
    gate = threading.Barrier(6)

    def create(number: int) -> str:
        gate.wait()
        return gateway.create_customer(JANE, f"k{number}")

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(create, range(6)))) == 1


# --- the sandbox's own ------------------------------------------------------------------------


def test_a_key_of_another_team_is_not_valid(sandbox: Sandbox) -> None:
    blawby, mine, other = real_blawby(sandbox), new_ulid(), new_ulid()
    sandbox.admin("POST", "keys", json={"team": mine, "key": "declared-key-1"})
    assert blawby.open(TeamUlid.parse(mine), "declared-key-1").verify() is True
    assert blawby.open(TeamUlid.parse(mine), "undeclared-key").verify() is False
    assert blawby.open(TeamUlid.parse(other), "declared-key-1").verify() is False
    with pytest.raises(BlawbyUnavailable):
        blawby.open(TeamUlid.parse(other), "declared-key-1").find_customer(JANE.email)
    sandbox.admin("DELETE", "keys", json={"key": "declared-key-1"})
    assert blawby.open(TeamUlid.parse(mine), "declared-key-1").verify() is False


@pytest.mark.parametrize(
    "client", [replace(JANE, phone="+19195550100000"), replace(JANE, email="not an address")]
)
def test_what_blawby_does_not_take_is_not_done(sandbox: Sandbox, client: Client) -> None:
    ulid = TeamUlid.parse(new_ulid())
    gateway = real_blawby(sandbox).open(ulid)
    with pytest.raises(BlawbyUnavailable):
        gateway.create_customer(client, "k")
    with pytest.raises(BlawbyUnavailable):
        gateway.create_invoice(draft("999999"), "k")


def test_the_idempotency_key_and_the_documented_bodies_are_sent(sandbox: Sandbox) -> None:
    ulid = TeamUlid.parse(new_ulid().upper())
    gateways = BlawbyGateways(sandbox.url, today=NOW.date)
    gateway = gateways.open(TeamId.parse(ulid), ulid, SecretString("good-key-0001"))
    customer_id = gateway.create_customer(JANE, "the-customer-key")
    gateway.create_invoice(draft(customer_id, "75.10"), "the-invoice-key")
    calls = [call for call in sandbox.admin("GET", "calls") if call["team"] == ulid]
    assert [(call["call"], call["idempotencyKey"]) for call in calls] == [
        ("customer", "the-customer-key"),
        ("invoice", "the-invoice-key"),
    ]
    (customer,) = [c for c in sandbox.admin("GET", "customers") if c["team"] == ulid.lower()]
    assert customer | {"id": 0, "team": ""} == {
        "team": "",
        "id": 0,
        "name": "Jane Doe",
        "email": "jane@example.com",
        "phone": "+19198296000",
        "status": "Lead",
        "currency": "USD",
    }
    (invoice,) = [i for i in sandbox.admin("GET", "invoices") if i["team"] == ulid.lower()]
    assert (invoice["due_date"], invoice["status"]) == ("2026-06-03", "draft")
    assert invoice["line_items"] == [
        {
            "description": "Consultation fee: Family Law",
            "quantity": 1,
            "unit_price": 75.1,
            "line_total": 75.1,
        }
    ]
