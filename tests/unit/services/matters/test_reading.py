"""Pages of a team's matters, and how one is opened or deleted, with a caller's rights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from app.domain.ids import TeamId
from app.domain.matter import BillState, Matter, MatterLabel, MatterVersion
from app.domain.payment import Method
from app.domain.secret import SecretString
from app.errors import Forbidden, MatterUnusable, NotFound, TeamNotFound
from app.services.matters.reading import Matters
from app.services.payments.rules import InvoiceRules
from tests.contract.vaults import new_team
from tests.fakes.background import AtOnce
from tests.fakes.clock import FakeClock
from tests.fakes.matters import FakeMatterStores, FakeWorklist
from tests.fakes.vault import FakeTeamRegistries, FakeVault

LOOKED_AT = 1000
TEAM = new_team()


@dataclass
class FakeDesk:
    """Implements `MatterDesk` and `MatterDesks`. A label that is None is of an expired matter or a
    link, one that is an error is of no matter."""

    labels: dict[str, MatterLabel | Exception | None] = field(default_factory=dict)
    may_see: bool = True
    may_destroy: bool = True
    left: set[str] = field(default_factory=set)
    destroyed: list[str] = field(default_factory=list)
    kept: Sequence[MatterVersion] | None = ()

    def open(self, caller: SecretString, team_id: TeamId) -> "FakeDesk":
        return self

    def admit(self) -> None:
        if not self.may_see:
            raise Forbidden

    def names(self, after: str | None) -> Iterator[str]:
        return iter(sorted(key for key in self.labels if after is None or key > after))

    def label(self, key: str) -> MatterLabel | None:
        found = self.labels.get(key)
        if isinstance(found, Exception):
            raise found
        return found

    def versions(self, key: str) -> Sequence[MatterVersion]:
        if self.kept is None:
            raise Forbidden
        return self.kept

    def read(self, key: str) -> Matter | None:
        return None

    def settle(self, label: MatterLabel, changed: MatterLabel, link: str | None) -> bool:
        return False

    def admit_destroyer(self, key: str) -> None:
        if not self.may_destroy:
            raise Forbidden

    def destroy(self, key: str) -> bool:
        self.destroyed.append(key)
        return key in self.labels or key in self.left


class Office:
    def __init__(self, labels: Mapping[str, MatterLabel | Exception | None]) -> None:
        self.clock, self.desk, self.vault = FakeClock(), FakeDesk(dict(labels)), FakeVault()
        self.caller = self.vault.login("operator")
        registries = FakeTeamRegistries(self.vault)
        registries.open(self.caller).register(TEAM)
        rules = InvoiceRules(deadline=10.0, blawby_idempotent=False, clock=self.clock.now)
        self.stores, self.worklist = FakeMatterStores(), FakeWorklist()
        self.matters = Matters(
            registries,
            self.desk,
            self.stores,
            self.worklist,
            AtOnce(self.clock),
            rules,
        )


def key(number: int) -> str:
    return f"{number:032x}"


def label(number: int, matter_type: str = "Family Law") -> MatterLabel:
    return MatterLabel(
        *(key(number), 1, FakeClock().now(), matter_type, None, BillState.NONE, Decimal(0)),
        *(Method.NONE, Method.NONE),
    )


def office_of(*numbers: int) -> Office:
    return Office({key(number): label(number) for number in numbers})


def test_pages_give_every_matter_once_and_in_order() -> None:
    office, after, seen = office_of(*range(1, 8)), None, list[str]()
    sizes = []
    while True:
        page = office.matters.page(office.caller, TEAM.team_id, after, 3)
        seen += [one.key for one in page.labels]
        sizes.append(len(page.labels))
        after = page.next
        if after is None:
            break
    assert seen == [key(number) for number in range(1, 8)]
    assert sizes == [3, 3, 1]


def test_a_page_that_ends_with_the_last_matter_is_the_last() -> None:
    office = office_of(1, 2, 3)
    page = office.matters.page(office.caller, TEAM.team_id, None, 3)
    assert (len(page.labels), page.next) == (3, None)


def test_what_is_no_matter_is_named_and_what_has_expired_is_passed_over() -> None:
    office = Office({key(1): None, key(2): MatterUnusable(), key(3): label(3), key(4): label(4)})
    page = office.matters.page(office.caller, TEAM.team_id, None, 1)
    assert ([one.key for one in page.labels], page.unusable) == ([key(3)], [key(2)])
    assert page.next == key(3)
    rest = office.matters.page(office.caller, TEAM.team_id, page.next, 1)
    assert ([one.key for one in rest.labels], rest.next) == ([key(4)], None)


def test_only_what_is_wanted_is_on_a_page() -> None:
    office = Office({key(1): label(1, "Other"), key(2): label(2), key(3): label(3, "Other")})
    page = office.matters.page(
        office.caller, TEAM.team_id, None, 5, lambda one: one.matter_type == "Family Law"
    )
    assert [one.key for one in page.labels] == [key(2)]


@pytest.mark.parametrize("many", [LOOKED_AT - 1, LOOKED_AT, LOOKED_AT + 1])
def test_a_page_looks_at_a_thousand_at_most(many: int) -> None:
    office = office_of(*range(many))
    page = office.matters.page(office.caller, TEAM.team_id, None, 5, lambda _: False)
    assert page.labels == []
    assert page.next == (None if many <= LOOKED_AT else key(LOOKED_AT - 1))


@pytest.mark.parametrize("many", [0, 1])
def test_who_may_not_see_a_label_is_refused_with_or_without_one(many: int) -> None:
    office = office_of(*range(many))
    office.desk.may_see = False
    with pytest.raises(Forbidden):
        office.matters.page(office.caller, TEAM.team_id, None, 5)


def test_a_team_that_is_not_there_has_no_page() -> None:
    office = office_of()
    assert office.matters.page(office.caller, TEAM.team_id, None, 5).labels == []
    with pytest.raises(TeamNotFound):
        office.matters.page(office.caller, new_team().team_id, None, 5)


def test_a_matter_is_deleted() -> None:
    office = office_of(1)
    office.matters.delete(office.caller, TEAM.team_id, key(1))
    assert office.desk.destroyed == [key(1)]


def test_who_may_not_destroy_deletes_nothing() -> None:
    office = office_of(1)
    office.desk.may_destroy = False
    with pytest.raises(Forbidden):
        office.matters.delete(office.caller, TEAM.team_id, key(1))
    assert office.desk.destroyed == []


def test_what_is_left_of_an_expired_matter_is_deleted_too() -> None:
    office = office_of()
    office.desk.left = {key(1)}
    office.matters.delete(office.caller, TEAM.team_id, key(1))
    with pytest.raises(NotFound):
        office.matters.delete(office.caller, TEAM.team_id, key(2))
    assert office.desk.destroyed == [key(1), key(2)]


def test_what_is_no_matter_is_deleted() -> None:
    office = Office({key(1): MatterUnusable()})
    office.matters.delete(office.caller, TEAM.team_id, key(1))
    assert office.desk.destroyed == [key(1)]


@pytest.mark.parametrize("call", ["read", "open"])
def test_a_matter_that_is_not_there_is_not_read(call: str) -> None:
    office = office_of()
    with pytest.raises(NotFound):
        getattr(office.matters, call)(office.caller, TEAM.team_id, key(1))
