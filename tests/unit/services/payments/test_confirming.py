"""Whose invoice it is, by the customer on record and by the client's addresses at Blawby."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from app.domain.ids import TeamUlid
from app.domain.intake import Client
from app.domain.matter import BillState, Matter
from app.domain.payment import Invoice
from app.domain.team import TeamKey
from app.services.payments.confirming import is_the_clients
from tests.fakes.told import Told
from tests.unit.services.payments.test_invoicing import ELSEWHERE, TEAM, World

VICTOR = Client("Victor Other", "victor@example.com", "+19198320000")


@dataclass
class Case:
    """A matter whose invoice Blawby made and did not answer for."""

    world: World
    matter: Matter
    invoice: Invoice

    def is_theirs(self, key: TeamKey | None = TEAM.key, **changes: object) -> bool:
        assert key
        gateway = self.world.blawby.open(TEAM.team.team_id, key.team_ulid, key.api_key)
        invoice = replace(self.invoice, **changes)
        return is_the_clients(gateway, key.team_ulid, self.matter, invoice)

    def recorded(self, **changes: object) -> "Case":
        return replace(self, matter=replace(self.matter, bill=replace(self.matter.bill, **changes)))


@pytest.fixture
def case() -> Case:
    world = World()
    world.script.add("invoice", "after_lost")
    world.charge()
    (matter,) = world.matters
    assert matter.bill.state is BillState.UNKNOWN
    return Case(world, matter, world.invoices[0])


def test_the_customer_on_record_is_the_client(case: Case) -> None:
    assert case.is_theirs()


def test_another_customer_is_not(case: Case) -> None:
    assert not case.is_theirs(customer_id="77")
    assert not case.is_theirs(customer_id=None)


def test_after_a_correction_both_addresses_are_the_clients(case: Case) -> None:
    case.world.file(told=Told().corrected(email="right@example.com"))
    (matter,) = case.world.matters
    assert len(matter.clients) == 2
    assert replace(case, matter=matter).recorded(customer_id=None).is_theirs()


@pytest.mark.parametrize(
    "lacking", [{"customer_id": None}, {"account": None}, {"account": None, "customer_id": "77"}]
)
def test_without_a_customer_on_record_the_address_decides(
    case: Case, lacking: dict[str, object]
) -> None:
    """The worker died before it stored one, or an earlier version stored no account."""
    assert case.recorded(**lacking).is_theirs()
    assert not case.recorded(**lacking).is_theirs(customer_id="77")


def test_the_same_id_in_another_account_is_somebody_else(case: Case) -> None:
    assert ELSEWHERE.key
    customer_id = case.matter.bill.customer_id
    assert customer_id
    account = case.world.blawby.accounts[TeamUlid(ELSEWHERE.key.team_ulid)]
    account.customers[customer_id] = VICTOR
    assert case.invoice.amount == Decimal(75)
    assert not case.is_theirs(ELSEWHERE.key)
    assert not case.recorded(account=None).is_theirs(ELSEWHERE.key)
