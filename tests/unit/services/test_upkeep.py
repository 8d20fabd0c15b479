"""Rounds over the worklist: what is due is done once, what is done goes, the rest counts."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.ids import TeamId
from app.domain.matter import BillState, Matter
from app.domain.team import ResolvedTeam
from app.domain.worklist import Backlog, Kind, Turn, WorkItem
from app.errors import TeamNotFound, VaultUnavailable
from app.services.payments.rules import InvoiceRules
from app.services.upkeep import Upkeep
from tests.fakes.background import AtOnce
from tests.fakes.resolution import resolved_team
from tests.fakes.script import Crash
from tests.fakes.told import Told
from tests.unit.services.payments.test_invoicing import TEAM, World

A_MOMENT = timedelta(milliseconds=1)
DAY = 24 * 3600.0
FREE = resolved_team(requires_payment=False)
CROWDED = TeamId("01k0tngnktm4q0ag0xf0a8st0q")


class Teams:
    def __init__(self) -> None:
        self.gone = False

    def resolve(self, reference: TeamId, /) -> ResolvedTeam:
        if self.gone:
            raise TeamNotFound
        return TEAM


class Background(AtOnce):
    """The lines of the teams in `full` are full."""

    full: Collection[TeamId] = ()

    def run(self, work: Callable[[], object], team: object = None, /) -> bool:
        return team not in self.full and super().run(work, team)


class Office:
    def __init__(self) -> None:
        self.world, self.teams = World(), Teams()
        self.background = Background(self.world.clock)
        self.done: list[tuple[Kind, WorkItem]] = []
        self.on_work: Callable[[], object] = lambda: None
        self.upkeep = self.another_worker()

    def another_worker(self) -> Upkeep:
        def do(kind: Kind, item: WorkItem) -> None:
            self.done.append((kind, item))
            self.on_work()

        kinds = (Kind.WEBHOOK, Kind.EMAIL, Kind.MEMO, Kind.KEY)
        world = self.world
        return Upkeep(
            self.teams,
            world.stores,
            world.worklist,
            self.background,
            dict.fromkeys(kinds, do),
            InvoiceRules(deadline=10.0, clock=world.clock.now),
            timedelta(days=90),
        )

    def later(self, seconds: float) -> Backlog:
        self.world.clock.sleep(seconds)
        return self.upkeep.round()

    def change(self, change: Callable[[Matter], Matter]) -> None:
        matters = self.world.stores.matters[TEAM.team.team_id]
        for key, matter in matters.items():
            matters[key] = replace(change(matter), version=matter.version + 1)

    def webhooks(self) -> Collection[tuple[WorkItem, Turn]]:
        return self.world.worklist.items[Kind.WEBHOOK].values()

    def listed(self, kind: Kind) -> int:
        return len(self.world.worklist.items[kind])


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_idle_round_is_one_call(office: Office) -> None:
    assert office.upkeep.round() == Backlog()
    assert office.world.script.steps == []


# --- invoices ---------------------------------------------------------------------------------


def test_an_unknown_invoice_counts_until_it_is_settled(office: Office) -> None:
    office.world.script.add("invoice", "lost")
    office.world.file()
    assert office.upkeep.round() == Backlog()
    assert office.later(11).unknown_invoices == 1
    office.world.overwrite(lambda bill: replace(bill, state=BillState.FAILED))
    assert office.later(5).unknown_invoices == 1, "not looked at again within minutes"
    assert office.later(601) == Backlog()
    office.upkeep.round()
    assert office.listed(Kind.INVOICE) == 0


def test_an_invoice_whose_worker_died_counts(office: Office) -> None:
    office.world.script.add("invoice", "after_crash")
    with pytest.raises(Crash):
        office.world.file()
    assert office.later(11).unknown_invoices == 1


def test_an_invoice_whose_item_was_left_over_does_not_count(office: Office) -> None:
    office.world.script.add("strike invoice", "away")
    office.world.file()
    assert office.listed(Kind.INVOICE) == 1
    assert office.later(11) == Backlog()
    assert office.later(280) == Backlog()
    assert office.listed(Kind.INVOICE) == 1, "another machine's clock may be behind"
    assert office.later(20) == Backlog()
    assert office.listed(Kind.INVOICE) == 0


def test_an_earlier_attempts_item_does_not_count(office: Office) -> None:
    office.world.script.add("invoice", "unavailable", "lost")
    office.world.script.add("strike invoice", "away")
    office.world.file()
    office.world.clock.sleep(1)
    office.world.file()
    assert office.listed(Kind.INVOICE) == 2
    assert office.later(11).unknown_invoices == 1
    assert office.later(300).unknown_invoices == 1
    assert office.listed(Kind.INVOICE) == 1


@pytest.mark.parametrize("gone", ["team", "matter"])
def test_an_invoice_of_what_is_gone_does_not_count(office: Office, gone: str) -> None:
    office.world.script.add("invoice", "lost")
    office.world.file()
    if gone == "team":
        office.teams.gone = True
    else:
        office.world.stores.matters.clear()
    assert office.later(11) == Backlog()
    office.later(301)
    assert office.listed(Kind.INVOICE) == 0


def test_what_cannot_be_looked_at_counts(office: Office) -> None:
    office.world.script.add("invoice", "lost")
    (matter,) = [office.world.file()]
    assert matter
    office.world.script.add("read", "away")
    assert office.later(11).unknown_invoices == 1
    office.world.stores.garbled.update(office.world.stores.matters[TEAM.team.team_id])
    assert office.later(601).unknown_invoices == 1


# --- matters ----------------------------------------------------------------------------------


def test_a_matter_counts_once_nobody_has_opened_it_for_a_day(office: Office) -> None:
    office.world.file(FREE)
    assert office.later(DAY - 1) == Backlog()
    assert office.later(2).unopened_matters == 1
    office.change(lambda matter: replace(matter, opened_at=office.world.clock.now()))
    assert office.later(601) == Backlog()
    assert (office.listed(Kind.MATTER), office.listed(Kind.KEPT)) == (0, 1)


@pytest.mark.parametrize("gone", ["team", "matter"])
def test_a_matter_that_is_gone_does_not_count(office: Office, gone: str) -> None:
    office.world.file(FREE)
    if gone == "team":
        office.teams.gone = True
    else:
        office.world.stores.matters.clear()
    assert office.later(DAY + 1) == Backlog()
    assert office.listed(Kind.MATTER) == 0


def test_an_item_whose_matter_was_never_written_is_dropped(office: Office) -> None:
    office.world.script.add("write", "crash")
    with pytest.raises(Crash):
        office.world.file(FREE)
    assert office.listed(Kind.MATTER) == 1
    assert office.later(DAY + 1) == Backlog()
    assert office.listed(Kind.MATTER) == 0


@pytest.mark.parametrize("opened", [False, True])
def test_what_has_expired_is_destroyed(office: Office, opened: bool) -> None:
    """Vault hides it, and keeps it."""
    filed = office.world.file(FREE)
    assert filed
    assert filed.matter
    if opened:
        office.change(lambda matter: replace(matter, opened_at=office.world.clock.now()))
        office.later(DAY + 1)
    office.world.stores.matters.clear()
    office.later(90 * DAY + 1)
    assert [key for key, _ in office.world.stores.destroyed] == [filed.matter.key]
    assert office.listed(Kind.MATTER) + office.listed(Kind.KEPT) == 0


def test_what_was_changed_lately_has_more_time(office: Office) -> None:
    office.world.file(FREE)
    office.later(91 * DAY)
    assert office.world.stores.destroyed == []
    assert (office.listed(Kind.MATTER), office.listed(Kind.KEPT)) == (0, 1)
    office.later(89 * DAY)
    assert office.listed(Kind.KEPT) == 1


# --- what is due ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.WEBHOOK, Kind.EMAIL, Kind.MEMO])
def test_what_is_due_is_done_once_by_whichever_worker(office: Office, kind: Kind) -> None:
    world = office.world
    item = WorkItem(world.clock.now(), TEAM.team.team_id, "1" * 32)
    world.worklist.add(kind, item, item.at + timedelta(seconds=30))
    other = office.another_worker()
    for worker in (office.upkeep, other):
        worker.round()
    assert office.done == []
    world.clock.sleep(31)
    for worker in (office.upkeep, other, office.upkeep):
        worker.round()
    assert office.done == [(kind, item)]
    world.clock.sleep(70)
    other.round()
    office.upkeep.round()
    assert office.done == [(kind, item)] * 2


def test_a_worker_that_comes_later_goes_on(office: Office) -> None:
    """Nothing of the schedule is in a worker's memory."""
    world = office.world
    item = WorkItem(world.clock.now(), TEAM.team.team_id, "1" * 32)
    world.worklist.add(Kind.WEBHOOK, item)
    for _ in range(5):
        office.another_worker().round()
        world.clock.sleep(3600 * 7)
    assert len(office.done) == 5
    turn = world.worklist.turn(Kind.WEBHOOK, item)
    assert turn
    assert turn.tries == 5


def test_what_fails_for_a_while_counts(office: Office) -> None:
    world = office.world
    item = WorkItem(world.clock.now(), TEAM.team.team_id, "1" * 32)
    world.worklist.add(Kind.WEBHOOK, item)
    assert office.upkeep.round() == Backlog()
    assert office.later(16 * 60).failing_notices == 1
    world.worklist.remove(Kind.WEBHOOK, item)
    assert office.upkeep.round() == Backlog()


def test_a_round_reads_a_bounded_number(office: Office) -> None:
    world = office.world
    for number in range(300):
        item = WorkItem(
            world.clock.now() + timedelta(microseconds=number), TEAM.team.team_id, f"{number:032x}"
        )
        world.worklist.add(Kind.WEBHOOK, item)
        world.worklist.add(Kind.MATTER, item)
    world.clock.sleep(DAY + 1)
    office.upkeep.round()
    assert (len(office.done), world.script.count(["read"])) == (100, 100)
    for _ in range(5):
        office.upkeep.round()
    assert len(office.done) == 300


def crowd(office: Office, many: int) -> None:
    """So many notices of one team, whose server takes none of them."""
    for number in range(many):
        at = office.world.clock.now() + timedelta(microseconds=number)
        office.world.worklist.add(Kind.WEBHOOK, WorkItem(at, CROWDED, f"{number:032x}"))


def one_of_another_team(office: Office) -> WorkItem:
    item = WorkItem(office.world.clock.now() + timedelta(seconds=1), TEAM.team.team_id, "1" * 32)
    office.world.worklist.add(Kind.WEBHOOK, item)
    office.world.clock.sleep(2)
    return item


def test_teams_take_turns(office: Office) -> None:
    crowd(office, 300)
    item = one_of_another_team(office)
    office.upkeep.round()
    assert (Kind.WEBHOOK, item) in office.done[:2]


def test_no_number_of_items_of_one_team_hides_those_of_others(office: Office) -> None:
    """A list shows 1,000 items at once, the oldest first, and a failing one stays for months."""
    crowd(office, 1500)
    item = one_of_another_team(office)
    office.upkeep.round()
    office.upkeep.round()
    assert (Kind.WEBHOOK, item) in office.done
    assert office.later(900).failing_notices == 1000
    assert office.upkeep.round().failing_notices == 1501
    assert office.upkeep.round().failing_notices == 1501


@pytest.mark.parametrize("kind", [Kind.MATTER, Kind.KEPT])
def test_no_number_of_later_matters_hides_one_whose_time_has_come(
    office: Office, kind: Kind
) -> None:
    began, worklist = office.world.clock.now(), office.world.worklist
    for number in range(1500):
        at = began + timedelta(seconds=number)
        worklist.add(kind, WorkItem(at, TEAM.team.team_id, f"{number:032x}"))
    days = 90 if kind is Kind.KEPT else 1
    assert office.later(days * DAY) == Backlog()
    assert office.listed(kind) == 1500
    office.later(1)
    assert office.listed(kind) == 1499, "its matter was never written"


def test_every_page_of_unknown_invoices_is_looked_at(office: Office) -> None:
    began, worklist = office.world.clock.now(), office.world.worklist
    for number in range(1200):
        at = began + timedelta(microseconds=number)
        worklist.add(Kind.INVOICE, WorkItem(at, CROWDED, f"{number:032x}"))
    office.world.script.add("invoice", "lost")
    office.world.file()
    counts = [office.later(11).unknown_invoices for _ in range(40)]
    assert (counts[1], counts[-1]) == (1002, 1)
    assert office.listed(Kind.INVOICE) == 1


def test_a_full_line_uses_up_no_try_and_stops_nobody_else(office: Office) -> None:
    office.background.full = {CROWDED}
    crowd(office, 300)
    item = one_of_another_team(office)
    office.upkeep.round()
    assert office.done == [(Kind.WEBHOOK, item)]
    assert {turn.tries for listed, turn in office.webhooks() if listed.team_id == CROWDED} == {0}
    office.background.full = set()
    office.upkeep.round()
    assert office.done[1][1].team_id == CROWDED


def test_with_the_worklist_away_a_round_fails(office: Office) -> None:
    def away() -> list[Kind]:
        raise VaultUnavailable

    office.world.worklist.kinds = away
    with pytest.raises(VaultUnavailable):
        office.upkeep.round()


def test_corrections_are_left_as_a_memo(office: Office) -> None:
    office.world.file()
    office.world.file(told=Told().corrected(email="right@example.com"))
    office.later(1)
    assert [kind for kind, _ in office.done] == [Kind.MEMO]


# --- keys -------------------------------------------------------------------------------------


def test_a_refused_key_counts_once_and_is_tried_within_ten_minutes(office: Office) -> None:
    world = office.world
    now, team_id = world.clock.now(), TEAM.team.team_id
    items = [WorkItem.of_key(now + timedelta(seconds=n), team_id, 3) for n in range(2)]
    for item in items:
        world.worklist.add(Kind.KEY, item)
    assert office.later(2) == Backlog(refused_keys=1), "two workers saw the same"
    assert office.done == [(Kind.KEY, item) for item in items]
    for _ in range(12):
        office.done.clear()
        office.later(10 * 60)
        assert office.done == [(Kind.KEY, item) for item in items]


# --- at the limits ----------------------------------------------------------------------------


def at_age(office: Office, kind: Kind, age: timedelta) -> Backlog:
    """A round at the moment when the first item of a kind is so old, by another worker, which
    remembers nothing."""
    world = office.world
    item, _ = next(iter(world.worklist.items[kind].values()))
    world.clock.sleep((item.at + age - world.clock.now()).total_seconds())
    return office.another_worker().round()


def test_an_invoice_is_unknown_behind_its_deadline(office: Office) -> None:
    office.world.script.add("invoice", "lost")
    office.world.file()
    deadline = timedelta(seconds=10)
    assert at_age(office, Kind.INVOICE, deadline) == Backlog()
    assert at_age(office, Kind.INVOICE, deadline + A_MOMENT).unknown_invoices == 1


def test_a_settled_invoice_is_taken_off_when_no_clock_can_be_behind(office: Office) -> None:
    office.world.script.add("strike invoice", "away")
    office.world.file()
    limit = timedelta(seconds=10, minutes=5)
    assert at_age(office, Kind.INVOICE, limit) == Backlog()
    assert office.listed(Kind.INVOICE) == 1
    at_age(office, Kind.INVOICE, limit + A_MOMENT)
    assert office.listed(Kind.INVOICE) == 0


def test_a_matter_is_unopened_behind_a_day_and_ends_behind_its_retention(office: Office) -> None:
    office.world.file(FREE)
    assert at_age(office, Kind.MATTER, timedelta(days=1)) == Backlog()
    assert at_age(office, Kind.MATTER, timedelta(days=1) + A_MOMENT).unopened_matters == 1
    assert at_age(office, Kind.MATTER, timedelta(days=90)).unopened_matters == 1
    assert office.listed(Kind.KEPT) == 0
    at_age(office, Kind.MATTER, timedelta(days=90) + A_MOMENT)
    assert (office.listed(Kind.MATTER), office.listed(Kind.KEPT)) == (0, 1)


def test_a_notice_fails_behind_a_quarter_of_an_hour(office: Office) -> None:
    world = office.world
    world.worklist.add(Kind.WEBHOOK, WorkItem(world.clock.now(), TEAM.team.team_id, "1" * 32))
    assert at_age(office, Kind.WEBHOOK, timedelta(minutes=15)) == Backlog()
    assert at_age(office, Kind.WEBHOOK, timedelta(minutes=15) + A_MOMENT).failing_notices == 1


def test_an_item_is_due_at_its_moment(office: Office) -> None:
    world = office.world
    item = WorkItem(world.clock.now(), TEAM.team.team_id, "1" * 32)
    world.worklist.add(Kind.WEBHOOK, item, item.at + timedelta(seconds=30))
    at_age(office, Kind.WEBHOOK, timedelta(seconds=30) - A_MOMENT)
    assert office.done == []
    at_age(office, Kind.WEBHOOK, timedelta(seconds=30))
    assert office.done == [(Kind.WEBHOOK, item)]


def test_an_item_that_another_worker_takes_off_meanwhile_is_passed_over(office: Office) -> None:
    """The first of two is done at once; what it does takes the other one off the list."""
    world = office.world
    for team_id in (TEAM.team.team_id, CROWDED):
        world.worklist.add(Kind.WEBHOOK, WorkItem(world.clock.now(), team_id, "1" * 32))
    office.on_work = world.worklist.items[Kind.WEBHOOK].clear
    office.upkeep.round()
    assert len(office.done) == 1


def test_a_matter_that_cannot_be_read_counts_as_unopened(office: Office) -> None:
    office.world.file(FREE)
    office.world.script.add("read", "away")
    assert office.later(DAY + 1).unopened_matters == 1
    assert office.listed(Kind.MATTER) == 1
    assert office.later(601).unopened_matters == 1
