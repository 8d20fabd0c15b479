"""Pages of a team's matters, and how one is opened or deleted, with a caller's rights."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.payment import Method
from app.domain.worklist import Kind, WorkItem
from app.errors import Forbidden, MatterUnusable, NotFound, TeamNotFound, VaultUnavailable
from app.services.matters.reading import Matters
from app.services.payments.rules import InvoiceRules
from tests.contract.vaults import new_team
from tests.fakes.background import AtOnce
from tests.fakes.clock import FakeClock
from tests.fakes.matters import FakeMatterDesk, FakeMatterStores, FakeWorklist
from tests.fakes.vault import FakeTeamRegistries, FakeVault
from tests.unit.services.payments.test_invoicing import World

LOOKED_AT = 1000
TEAM = new_team()


class Office:
    def __init__(self, labels: Mapping[str, MatterLabel | Exception | None]) -> None:
        self.clock, self.desk, self.vault = FakeClock(), FakeMatterDesk(dict(labels)), FakeVault()
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


class Record:
    """A matter on record, which everybody may open and delete."""

    def __init__(self) -> None:
        world = World()
        world.file()
        (self.matter,) = world.matters
        self.office = Office({self.matter.key: replace(label(1), key=self.matter.key)})
        self.office.desk.matters[self.matter.key] = self.matter
        self.stored = self.office.stores.matters[TEAM.team_id]
        self.stored[self.matter.key] = self.matter
        self.opened = WorkItem(self.matter.created_at, TEAM.team_id, self.matter.key)
        self.office.worklist.add(Kind.MATTER, self.opened)

    def overtaken(self, step: str, times: int) -> None:
        """Somebody else writes the matter before each of the next writes."""

        def another_write() -> None:
            matter = self.stored[self.matter.key]
            self.stored[matter.key] = replace(matter, version=matter.version + 1)

        self.office.stores.script.add(step, *[another_write] * times)

    def open(self) -> Matter:
        return self.office.matters.open(self.office.caller, TEAM.team_id, self.matter.key)

    def delete(self) -> None:
        self.office.matters.delete(self.office.caller, TEAM.team_id, self.matter.key)

    def listed(self) -> list[Kind]:
        return list(self.office.worklist.kinds())


@pytest.mark.parametrize(("times", "marked"), [(0, True), (3, True), (4, False)])
def test_an_opened_matter_is_marked_over_three_other_writes(times: int, marked: bool) -> None:
    record = Record()
    record.overtaken("write", times)
    assert record.open().opened_at == record.office.clock.now()
    assert (record.stored[record.matter.key].opened_at is not None) is marked
    assert record.listed() == [Kind.KEPT]


def test_a_matter_that_was_opened_before_keeps_its_mark() -> None:
    record = Record()
    first = record.office.clock.now()
    record.office.desk.matters[record.matter.key] = replace(record.matter, opened_at=first)
    record.office.clock.sleep(60)
    assert record.open().opened_at == first
    assert record.office.stores.script.steps == []
    record.office.desk.matters[record.matter.key] = record.matter
    record.stored[record.matter.key] = replace(record.matter, opened_at=first)
    record.open()
    assert record.stored[record.matter.key].opened_at == first


def test_a_matter_that_cannot_be_marked_is_shown_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    record = Record()
    record.office.stores.script.add("read", "away")
    assert record.open().opened_at is None
    assert record.listed() == [Kind.MATTER]
    (line,) = caplog.records
    assert line.__dict__["matter"] == record.matter.key


@pytest.mark.parametrize(("times", "deleted"), [(0, True), (9, True), (10, False)])
def test_a_matter_is_buried_over_nine_other_writes(times: int, deleted: bool) -> None:
    record = Record()
    record.overtaken("bury", times)
    with nullcontext() if deleted else pytest.raises(VaultUnavailable):
        record.delete()
    assert (record.matter.key not in record.stored) is deleted
    assert record.office.desk.destroyed == ([record.matter.key] if deleted else [])
    assert record.listed() == ([] if deleted else [Kind.MATTER])


def test_what_is_gone_by_then_needs_no_tombstone() -> None:
    record = Record()
    record.stored.clear()
    record.delete()
    assert record.office.desk.destroyed == [record.matter.key]


def test_what_a_member_reads_of_a_stale_attempt_is_unknown() -> None:
    record = Record()
    begun = record.office.clock.now()
    bill = replace(record.matter.bill, state=BillState.STARTED, started_at=begun)
    record.office.desk.matters[record.matter.key] = replace(record.matter, bill=bill)
    for seconds, state in ((10, BillState.STARTED), (1, BillState.UNKNOWN)):
        record.office.clock.sleep(seconds)
        assert record.open().bill.state is state
