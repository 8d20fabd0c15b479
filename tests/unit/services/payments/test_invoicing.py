"""The payment table, row by row, and each thing that can go wrong on the way to an invoice."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter
from app.domain.payment import Method, Outcome, Payment, Reason
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import OutcomeUnknown, TeamNotFound, VaultUnavailable
from app.services.matters.amending import Amending
from app.services.matters.entering import Entering
from app.services.matters.filing import Filed, Filing
from app.services.matters.identity import Chain
from app.services.notices.dispatch import Dispatch
from app.services.payments.attempt import Billing
from app.services.payments.charging import Charging
from app.services.payments.invoicing import Invoicing
from app.services.payments.memos import Memos
from app.services.payments.rules import InvoiceRules
from tests.fakes.background import AtOnce
from tests.fakes.blawby import FakeBlawby
from tests.fakes.clock import FakeClock
from tests.fakes.matters import FakeMatterStores, FakeWorklist
from tests.fakes.resolution import LINK, FakeHealing, resolved_team
from tests.fakes.script import Crash, Script
from tests.fakes.told import JANE, Told
from tests.waiting import eventually

INTAKE = Told()
TEAM = resolved_team()
ELSEWHERE = resolved_team(key="good-key-0002", ulid="01K0TNGNKTM4Q0AG0XF0A8ST0Q")
OPEN = (BillState.STARTED, BillState.UNKNOWN)
FILED = ["read", "link", "list matter", "expire", "write"]


class World:
    """Matters and payments with everything around them faked."""

    def __init__(
        self,
        idempotent: bool = False,
        waiting: int = 2,
        sleep: Callable[[float], None] | None = None,
        spare: int = 0,
        has_threads_for: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self.script, self.clock, self.healing = Script(), FakeClock(), FakeHealing()
        self.blawby, self.stores = FakeBlawby(self.script), FakeMatterStores(self.script)
        self.worklist, self.seen = FakeWorklist(self.script), list[Outcome]()
        self.full: list[tuple[str, str]] = []
        self.ahead = 0.0
        rules = InvoiceRules(
            deadline=10.0,
            blawby_idempotent=idempotent,
            waiting=waiting,
            spare=spare,
            has_threads_for=has_threads_for,
            clock=self.now,
            sleep=sleep or self.clock.sleep,
        )
        background = AtOnce(self.clock)
        memos = Memos(self.worklist, background, self.clock, self.now)
        billing = Billing(self.clock, memos)
        charging = Charging(self.blawby, self.healing, billing, self.clock, rules.deadline)
        self.invoicing = Invoicing(
            charging, self.worklist, self.clock, background, rules, self.seen.append
        )
        self.delivered: list[tuple[Kind, WorkItem]] = []
        dispatch = Dispatch(
            self.worklist,
            background,
            lambda kind, item: self.delivered.append((kind, item)),
            self.now,
            grace=15.0,
            sends_email=True,
        )
        self.filing = Filing(
            self.stores,
            self.invoicing,
            Entering(self.worklist, dispatch, background),
            Amending(
                self.worklist,
                dispatch,
                background,
                self.now,
                lambda team_id, matter: self.full.append((team_id, matter)),
            ),
            self.now,
        )

    def now(self) -> datetime:
        """The time of the machine at hand, whose clock may be ahead."""
        return self.clock.now() + timedelta(seconds=self.ahead)

    def file(self, resolved: ResolvedTeam = TEAM, told: Told = INTAKE) -> Filed | None:
        """A turn, in a request of its own."""
        with self.clock.another_request(), self.clock.within(10.0):
            return self.filing.file(resolved, told.talk, told.turn)

    def charge(self, resolved: ResolvedTeam = TEAM, told: Told = INTAKE) -> Payment:
        filed = self.file(resolved, told)
        assert filed is not None
        return filed.payment

    def overwrite(self, change: Callable[[Bill], Bill]) -> None:
        """What an operator does, past the service."""
        matters = self.stores.matters[TEAM.team.team_id]
        for key, matter in matters.items():
            changed = replace(matter, bill=change(matter.bill), version=matter.version + 1)
            matters[key] = changed

    @property
    def matters(self) -> list[Matter]:
        return list(self.stores.matters[TEAM.team.team_id].values())

    @property
    def bill(self) -> Bill:
        """That of the only matter."""
        (matter,) = self.matters
        return matter.bill

    @property
    def invoices(self):
        return [
            invoice for account in self.blawby.accounts.values() for _, invoice in account.invoices
        ]


@pytest.fixture
def world() -> World:
    return World()


def by_invoice(payment: Payment) -> bool:
    return payment.method is Method.BLAWBY_API and payment.invoice_url is not None


FALLBACK = Payment(Method.FALLBACK_LINK, None, LINK, None, "75.00")
PENDING = Payment(Method.PENDING, Reason.OUTCOME_UNKNOWN, None, None, "75.00")


def fallback(reason: Reason) -> Payment:
    return replace(FALLBACK, reason=reason)


@pytest.mark.parametrize(
    ("team", "payment"),
    [
        (resolved_team(requires_payment=False), Payment(Method.NONE)),
        (resolved_team(fee=0), Payment(Method.NONE)),
        (resolved_team(enabled=False), Payment(Method.STATIC_LINK, None, LINK, None, "75.00")),
        (
            resolved_team(enabled=False, link=None),
            Payment(Method.UNAVAILABLE, Reason.NOT_CONFIGURED, amount="75.00"),
        ),
        (resolved_team(key=None), fallback(Reason.NO_KEY)),
        (
            resolved_team(key=None, link=None),
            Payment(Method.UNAVAILABLE, Reason.NO_KEY, amount="75.00"),
        ),
        (resolved_team(key=None, key_unavailable=True), fallback(Reason.VAULT_UNAVAILABLE)),
        (resolved_team(key="revoked-key-1"), fallback(Reason.KEY_REJECTED)),
    ],
)
def test_teams_that_get_no_invoice(world: World, team: ResolvedTeam, payment: Payment) -> None:
    assert world.charge(team) == payment
    assert world.invoices == []
    assert [outcome.payment for outcome in world.seen] == [payment]


def test_a_team_with_a_key_gets_an_invoice_of_its_fee(world: World) -> None:
    payment = world.charge(resolved_team(fee="75.10"))
    assert payment == Payment(
        Method.BLAWBY_API, None, "https://app.blawby.com/invoice/2/pay", "2", "75.10"
    )
    assert world.bill.state is BillState.INVOICED
    assert [invoice.amount for invoice in world.invoices] == [Decimal("75.10")]
    assert world.script.steps == [
        *FILED,
        "search",
        "customer",
        "memo",
        "list invoice",
        "invoice",
        "write",
        "strike invoice",
    ]


def test_the_stored_team_ulid_and_key_are_used(world: World) -> None:
    world.charge()
    assert TEAM.key
    assert world.blawby.used == [(TEAM.team.team_id, TEAM.key.team_ulid)]


def test_a_repeat_is_answered_from_the_record_alone(world: World) -> None:
    first = world.charge()
    world.script.steps.clear()
    assert world.charge() == first
    assert world.script.steps == ["read"]


def test_a_repeat_finds_the_invoice_without_a_key(world: World) -> None:
    first = world.charge()
    assert world.charge(resolved_team(key=None)) == first


def test_the_invoice_of_a_repeat_keeps_its_amount_when_the_fee_has_changed(world: World) -> None:
    first = world.charge()
    assert world.charge(resolved_team(fee=90)) == first


@pytest.mark.parametrize("step", ["search", "customer", "invoice"])
@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        ("unavailable", Reason.BLAWBY_UNAVAILABLE),
        ("rate_limited", Reason.RATE_LIMITED),
        ("rejected", Reason.KEY_REJECTED),
    ],
)
def test_what_surely_did_nothing_is_a_fallback_and_may_be_tried_again(
    world: World, step: str, effect: str, reason: Reason
) -> None:
    world.script.add(step, effect)
    assert world.charge() == fallback(reason)
    assert (world.bill.state, world.bill.reason) == (BillState.FAILED, reason)
    world.healing.rejected.clear()
    assert by_invoice(world.charge())
    assert len(world.invoices) == 1


@pytest.mark.parametrize("effect", ["lost", "after_lost"])
def test_a_lost_answer_to_the_invoice_is_pending_for_ever(world: World, effect: str) -> None:
    world.script.add("invoice", effect)
    assert world.charge() == PENDING
    made = len(world.invoices)
    assert world.charge() == PENDING
    assert world.charge(resolved_team(key=None)) == PENDING
    assert len(world.invoices) == made
    assert world.bill.state is BillState.UNKNOWN


def test_a_lost_answer_to_the_customer_is_looked_up(world: World) -> None:
    world.script.add("customer", "after_lost")
    assert by_invoice(world.charge())


def test_a_customer_who_was_not_made_after_all_is_a_fallback(world: World) -> None:
    world.script.add("customer", "lost")
    assert world.charge() == fallback(Reason.BLAWBY_UNAVAILABLE)


def test_a_corrected_address_is_another_customer(world: World) -> None:
    """Blawby answers a repeated idempotency key with the customer that it created first."""
    world.script.add("invoice", "unavailable")
    world.charge()
    assert by_invoice(world.charge(told=INTAKE.corrected(email="right@example.com")))
    (account,) = world.blawby.accounts.values()
    assert [client.email for client in account.customers.values()] == [
        "jane@example.com",
        "right@example.com",
    ]


@pytest.mark.parametrize("effect", ["unavailable", "lost", "rate_limited", "rejected"])
def test_a_memo_that_fails_does_not_stop_the_invoice(world: World, effect: str) -> None:
    world.script.add("memo", effect)
    assert by_invoice(world.charge())


def test_the_memo_holds_the_matter(world: World) -> None:
    world.charge(told=replace(INTAKE, collected=replace(JANE, urgency=None)))
    (account,) = world.blawby.accounts.values()
    assert account.memos == [
        "Matter: Family Law\nDescription: My husband has moved out.\nLocation: Raleigh, NC\n"
        "Client: Jane Doe, jane@example.com, +19198296000"
    ]


def test_a_memo_names_the_client_where_blawby_has_another_name_for_the_mailbox(
    world: World,
) -> None:
    world.charge()
    john = replace(JANE, name="John Doe", phone="+17045550000")
    world.charge(told=Told(said=("Hi", "My wife left. jane@example.com"), collected=john))
    (account,) = world.blawby.accounts.values()
    assert len(account.customers) == 1
    assert "Client: John Doe, jane@example.com, +17045550000" in account.memos[1]


@pytest.mark.parametrize("difference", ["0.01", "-75", "25"])
def test_another_amount_than_the_fee_is_no_link(world: World, difference: str) -> None:
    world.blawby.misprice = Decimal(difference)
    assert world.charge() == PENDING
    assert world.bill.state is BillState.UNKNOWN
    assert world.bill.invoice_id == world.invoices[0].invoice_id
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


# --- the key ---------------------------------------------------------------------------------


def test_a_refused_key_is_replaced_by_a_newer_one_once(world: World) -> None:
    world.blawby.refused_keys.add("good-key-0001")
    world.healing.newer = resolved_team(key="good-key-0002", version=2)
    assert by_invoice(world.charge())
    assert world.healing.rereads == 1
    assert world.healing.taken == [SecretString("good-key-0002")]


@pytest.mark.parametrize("step", ["search", "customer", "invoice"])
def test_a_key_that_is_replaced_at_any_step_costs_no_invoice(world: World, step: str) -> None:
    """The attempt is listed and the memo left once, however often a key is tried."""
    world.healing.newer = resolved_team(key="good-key-0002", version=2)
    world.script.add(step, "rejected")
    assert by_invoice(world.charge())
    ((account),) = world.blawby.accounts.values()
    assert (len(account.memos), len(account.invoices)) == (1, 1)
    assert world.worklist.items[Kind.INVOICE] == {}


@pytest.mark.parametrize(
    ("newer", "reason"),
    [
        (resolved_team(key="revoked-key-2"), Reason.KEY_REJECTED),
        (resolved_team(key=None), Reason.NO_KEY),
        (resolved_team(key=None, key_unavailable=True), Reason.VAULT_UNAVAILABLE),
        (VaultUnavailable(), Reason.VAULT_UNAVAILABLE),
        (TeamNotFound(), Reason.VAULT_UNAVAILABLE),
        (None, Reason.KEY_REJECTED),
    ],
)
def test_a_refused_key_that_is_not_healed_is_a_fallback(
    world: World, newer: ResolvedTeam | Exception | None, reason: Reason
) -> None:
    world.blawby.refused_keys.add("good-key-0001")
    world.healing.newer = newer
    assert world.charge() == fallback(reason)
    assert world.healing.rereads == 1


def test_only_an_invoice_shows_that_a_key_is_taken(world: World) -> None:
    world.script.add("invoice", "away")
    world.charge()
    assert world.healing.taken == []


def test_a_key_known_as_refused_is_not_tried(world: World) -> None:
    world.blawby.refused_keys.add("good-key-0001")
    world.charge()
    world.script.steps.clear()
    assert world.charge() == fallback(Reason.KEY_REJECTED)
    assert world.script.steps == ["read"]


# --- the ledger ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["read", "list matter", "expire", "write"])
def test_without_a_record_nothing_is_asked_of_blawby(world: World, step: str) -> None:
    world.script.add(step, "away")
    filed = world.file()
    assert filed == Filed(fallback(Reason.VAULT_UNAVAILABLE), store_away=True)
    assert world.blawby.used == []


def test_a_settlement_is_written_again_while_the_ledger_is_away(world: World) -> None:
    world.script.add("write", "ok", "away", "away", "away")
    assert by_invoice(world.charge())
    assert world.bill.state is BillState.INVOICED


def test_an_invoice_whose_record_is_gone_is_given(world: World) -> None:
    world.script.add("write", "ok", world.stores.matters[TEAM.team.team_id].clear)
    assert by_invoice(world.charge())


def test_a_failure_whose_record_is_gone_is_pending(world: World) -> None:
    """An operator took the first for dead, a copy made an invoice, and the team deleted the matter:
    a link now would be paid beside that invoice."""
    copies: list[Payment] = []
    gone = world.stores.matters[TEAM.team.team_id].clear

    def an_operator_says_failed() -> None:
        world.clock.sleep(20)
        world.overwrite(lambda bill: replace(bill, state=BillState.FAILED))

    world.script.add("search", an_operator_says_failed)
    world.script.add("list invoice", lambda: copies.append(world.charge()), gone)
    first = world.charge()
    assert len(world.invoices) == 1
    assert by_invoice(copies[0])
    assert first == PENDING


def test_who_settles_over_an_operators_word_keeps_to_it_unless_there_is_an_invoice(
    world: World,
) -> None:
    def an_operator_says_failed() -> None:
        world.overwrite(lambda bill: replace(bill, state=BillState.FAILED))

    world.script.add("write", "ok", an_operator_says_failed)
    assert by_invoice(world.charge())
    assert world.bill.state is BillState.INVOICED


def test_an_attempt_that_another_one_took_over_changes_nothing_of_it(world: World) -> None:
    world.script.add("write", "ok", lambda: world.overwrite(another_attempt))
    world.script.add("search", "unavailable")
    assert world.charge() == PENDING
    assert (world.bill.state, world.bill.attempt) == (BillState.STARTED, "another")


def another_attempt(bill: Bill) -> Bill:
    return replace(bill, attempt="another")


def test_an_attempt_that_is_on_the_worklist_already_asks_nothing(world: World) -> None:
    """Another request took it for a stale one, and may be asking by now."""
    key = Chain(TEAM.team.team_id, INTAKE.session_id, "jane@example.com").key(0)
    world.worklist.add(Kind.INVOICE, WorkItem(world.clock.now(), TEAM.team.team_id, key))
    assert world.charge() == fallback(Reason.VAULT_UNAVAILABLE)
    assert world.invoices == []


def test_an_invoice_that_could_not_be_written_down_is_given_once_and_not_made_again(
    world: World,
) -> None:
    world.script.add("write", "ok", *["away"] * 5)
    assert by_invoice(world.charge())
    assert world.bill.state is BillState.STARTED
    assert world.charge() == PENDING
    world.clock.sleep(100)
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


def test_a_failure_that_could_not_be_written_down_is_pending(world: World) -> None:
    """The repeats will be, and a link now would be paid beside an invoice later."""
    world.script.add("write", "ok", *["away"] * 5)
    world.script.add("search", "unavailable")
    assert world.charge() == PENDING


@pytest.mark.parametrize("step", ["search", "customer", "memo", "list invoice", "invoice"])
@pytest.mark.parametrize("effect", ["crash", "after_crash"])
def test_a_worker_that_dies_leaves_no_second_invoice(world: World, step: str, effect: str) -> None:
    """Where Blawby was surely not asked for the invoice, it is asked once the worker is known to be
    gone; else nobody can know, and nobody asks."""
    world.script.add(step, effect)
    with pytest.raises(Crash):
        world.charge()
    assert world.charge() == PENDING
    world.clock.sleep(11)
    announced = (step, effect) in {("list invoice", "after_crash")} or step == "invoice"
    after = world.charge()
    assert after == PENDING if announced else by_invoice(after)
    made = (step, effect) == ("invoice", "after_crash") or not announced
    assert len(world.invoices) == made
    assert world.charge() == after
    # The attempt that died, which nothing takes off at once.
    assert len(world.worklist.items[Kind.INVOICE]) == 1


@pytest.mark.parametrize("step", ["customer", "list invoice"])
def test_a_copy_where_the_clock_is_ahead_takes_over_and_the_first_asks_nothing(
    world: World, step: str
) -> None:
    """The first has time left by its own clock, and looks stale by the other's."""
    copies: list[Payment] = []

    def elsewhere() -> None:
        world.ahead = 20.0
        copies.append(world.charge())
        world.ahead = 0.0

    world.script.add(step, elsewhere)
    world.charge()
    assert [by_invoice(copy) for copy in copies] == [True]
    assert len(world.invoices) == 1
    assert by_invoice(world.charge())


@pytest.mark.parametrize("before", [[], ["ok"]])
@pytest.mark.parametrize("step", ["list invoice", "write"])
def test_two_that_find_a_dead_worker_ask_once(world: World, step: str, before: list[str]) -> None:
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    world.clock.sleep(11)
    other = Meanwhile(world)
    world.script.add(step, *before, other)
    world.charge()
    assert len(world.invoices) <= 1
    assert by_invoice(world.charge())


# --- copies at once --------------------------------------------------------------------------


@dataclass
class Meanwhile:
    """A copy of the intake that comes while another is on its way."""

    world: World
    payment: Payment | None = None

    def __call__(self) -> None:
        self.payment = self.world.charge()


@pytest.mark.parametrize("step", ["search", "customer", "memo", "invoice"])
def test_a_copy_that_comes_meanwhile_waits_and_is_pending(world: World, step: str) -> None:
    copy = Meanwhile(world)
    world.script.add(step, copy)
    world.charge()
    assert copy.payment == PENDING
    assert len(world.invoices) <= 1


def test_a_copy_that_overtakes_begins_and_the_first_gets_its_invoice(world: World) -> None:
    copy = Meanwhile(world)
    world.script.add("write", copy)
    first = world.charge()
    assert by_invoice(first)
    assert copy.payment == first
    assert len(world.invoices) == 1


@pytest.mark.parametrize(
    ("effect", "payment"),
    [("ok", None), ("unavailable", fallback(Reason.BLAWBY_UNAVAILABLE)), ("lost", PENDING)],
)
def test_a_copy_waits_for_what_the_first_one_comes_to(effect: str, payment: Payment | None) -> None:
    """The first stands still at Blawby until the copy has gone to sleep over its entry."""
    asleep, settled = threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        asleep.set()
        assert settled.wait(10)

    world = World(sleep=sleep)
    world.script.add("search", lambda: asleep.wait(10))
    world.script.add("invoice", effect)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(world.charge)
        eventually(lambda: "search" in world.script.steps)
        copy = threads.submit(world.charge)
        outcome = first.result(10)
        settled.set()
        assert copy.result(10) == outcome == (payment or outcome)
    assert by_invoice(outcome) == (payment is None)


def test_few_may_wait_and_the_others_are_pending_at_once() -> None:
    copies: list[Payment] = []

    def sleep(seconds: float) -> None:
        copies.append(world.charge())
        world.clock.sleep(seconds)

    world = World(waiting=1, sleep=sleep)
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    assert world.charge() == PENDING
    assert set(copies) == {PENDING}


class Crowd:
    """Copies of an intake whose first one stands still at Blawby until `go_on`. Each sleeps until
    the next `wake`; `asked` is for how many copies threads were looked for."""

    def __init__(self, waiting: int, spare: int) -> None:
        self.go_on, self.turn = threading.Event(), threading.Condition()
        self.slept = self.woken = 0
        self.asked: list[int] = []
        self.threads = 100
        self.world = World(
            waiting=waiting, sleep=self._sleep, spare=spare, has_threads_for=self._has_threads_for
        )
        self.world.script.add("search", lambda: self.go_on.wait(10))

    def _sleep(self, _seconds: float) -> None:
        with self.turn:
            self.slept += 1
            before = self.woken
            assert self.turn.wait_for(lambda: self.woken > before, 10)

    def wake(self) -> None:
        with self.turn:
            self.woken += 1
            self.turn.notify_all()

    def _has_threads_for(self, copies: int) -> bool:
        self.asked.append(copies)
        return copies <= self.threads

    def begin(self, pool: ThreadPoolExecutor, copies: int) -> list[Future[Payment]]:
        """The first and its copies; all copies are asleep."""
        first = pool.submit(self.world.charge)
        eventually(lambda: "search" in self.world.script.steps)
        charged = [pool.submit(self.world.charge) for _ in range(copies)]
        eventually(lambda: self.slept == copies)
        return [first, *charged]


def test_more_wait_while_there_are_threads() -> None:
    crowd = Crowd(waiting=1, spare=3)
    with ThreadPoolExecutor(5) as pool:
        charged = crowd.begin(pool, 4)
        assert crowd.world.charge() == PENDING, "a fifth one has no room"
        crowd.go_on.set()
        outcome = charged[0].result(10)
        crowd.wake()
        assert by_invoice(outcome)
        assert [copy.result(10) for copy in charged] == [outcome] * 5
    assert set(crowd.asked) == {2, 3, 4}


def test_those_that_came_last_leave_when_threads_are_scarce() -> None:
    crowd = Crowd(waiting=1, spare=3)
    with ThreadPoolExecutor(5) as pool:
        first, *copies = crowd.begin(pool, 4)
        crowd.threads = 2
        crowd.wake()
        eventually(lambda: crowd.slept == 6)
        eventually(lambda: sum(copy.done() for copy in copies) == 2)
        assert [copy.result(10) for copy in copies if copy.done()] == [PENDING, PENDING]
        crowd.go_on.set()
        outcome = first.result(10)
        crowd.wake()
        assert [copy.result(10) for copy in copies].count(outcome) == 2


def test_a_copy_that_can_no_longer_read_the_ledger_is_pending(world: World) -> None:
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    world.script.add("read", "ok", "away")
    assert world.charge() == PENDING


def test_who_lost_the_race_to_one_that_failed_begins(world: World) -> None:
    world.script.add("write", Meanwhile(world))
    world.script.add("search", "unavailable")
    assert by_invoice(world.charge())


def test_who_loses_every_race_is_pending(world: World) -> None:
    world.script.add("write", *[Meanwhile(world), "ok", "ok"] * 4)
    world.script.add("search", *["unavailable"] * 4)
    assert world.charge() == PENDING


def test_who_lost_the_race_and_then_the_ledger_is_pending(world: World) -> None:
    world.script.add("write", Meanwhile(world))
    world.script.add("read", "ok", "ok", "away")
    assert world.charge() == PENDING


def test_a_copy_that_slept_does_not_post_after_its_deadline(world: World) -> None:
    world.script.add("search", lambda: world.clock.sleep(60))
    assert world.charge() == fallback(Reason.BLAWBY_UNAVAILABLE)
    assert world.invoices == []


# --- BLAWBY_IDEMPOTENT -----------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["lost", "after_lost"])
def test_with_an_idempotent_blawby_an_unknown_one_is_asked_for_again(effect: str) -> None:
    world = World(idempotent=True)
    world.script.add("invoice", effect)
    assert world.charge() == PENDING
    assert by_invoice(world.charge())
    assert len(world.invoices) == 1


@pytest.mark.parametrize("effect", ["unavailable", "rejected", "rate_limited"])
def test_a_failed_repeat_of_an_unknown_one_leaves_it_unknown(effect: str) -> None:
    world = World(idempotent=True)
    world.script.add("invoice", "after_lost", effect)
    assert world.charge() == PENDING
    assert world.charge() == PENDING
    assert world.bill.state is BillState.UNKNOWN
    world.healing.rejected.clear()
    assert by_invoice(world.charge())


def test_no_link_is_offered_for_an_unknown_one_whatever_is_missing_later() -> None:
    world = World(idempotent=True)
    world.script.add("invoice", "after_lost")
    world.charge()
    assert world.charge(resolved_team(key=None)) == PENDING
    world.script.add("write", "away")
    assert world.charge() == PENDING


def test_an_invoice_of_another_amount_is_not_asked_for_again() -> None:
    world = World(idempotent=True)
    world.blawby.misprice = Decimal(1)
    world.charge()
    world.blawby.misprice = Decimal(0)
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


def test_an_attempt_that_was_asked_for_is_not_taken_for_one_that_was_not() -> None:
    """Its place on the worklist stays, also where a new attempt could not be written."""
    world = World(idempotent=True)
    world.script.add("invoice", "after_crash")
    with pytest.raises(Crash):
        world.charge()
    world.clock.sleep(11)
    world.script.add("write", "away")
    assert world.charge() == PENDING
    world.script.add("search", "unavailable")
    assert world.charge() == PENDING
    assert by_invoice(world.charge())
    assert len(world.invoices) == 1


def test_after_a_doubtful_attempt_a_dead_worker_makes_nothing_certain() -> None:
    world = World(idempotent=True)
    world.script.add("invoice", "after_lost")
    world.charge()
    world.script.add("search", "crash", "unavailable")
    with pytest.raises(Crash):
        world.charge()
    world.clock.sleep(11)
    assert world.charge() == PENDING
    assert by_invoice(world.charge())
    assert len(world.invoices) == 1


def test_after_an_operator_said_failed_blawby_cannot_answer_with_the_former_invoice(
    world: World,
) -> None:
    """It was voided. A repeated idempotency key gets it again."""
    world.script.add("invoice", "after_lost")
    world.charge()
    (voided,) = world.invoices
    world.overwrite(lambda bill: replace(bill, state=BillState.FAILED))
    payment = world.charge()
    assert by_invoice(payment)
    assert payment.payment_id != voided.invoice_id


def test_a_failed_attempt_of_an_earlier_version_is_followed_by_a_request_with_a_name(
    world: World,
) -> None:
    world.script.add("invoice", "unavailable")
    world.charge()
    world.overwrite(lambda bill: replace(bill, request="", account=None))
    assert by_invoice(world.charge())
    assert world.bill.request


@pytest.mark.parametrize("step", ["search", "list invoice"])
def test_an_attempt_that_was_never_sent_leaves_its_request_to_the_next(
    world: World, step: str
) -> None:
    """Should it have been sent after all, a Blawby that knows the key makes no second invoice."""
    world.script.add(step, "crash")
    with pytest.raises(Crash):
        world.charge()
    request = world.bill.request
    world.clock.sleep(11)
    assert by_invoice(world.charge())
    assert world.bill.request == request


# --- another account at Blawby ---------------------------------------------------------------


@pytest.mark.parametrize("effect", ["lost", "after_lost", "crash", "after_crash"])
def test_an_unknown_one_is_asked_for_again_at_the_same_account_only(effect: str) -> None:
    world = World(idempotent=True)
    world.script.add("invoice", effect)
    with suppress(Crash):
        world.charge()
    world.clock.sleep(11)
    made = len(world.invoices)
    assert world.charge(ELSEWHERE) == PENDING
    assert (len(world.invoices), world.bill.state in OPEN) == (made, True)
    assert by_invoice(world.charge())
    assert len(world.invoices) == 1


def test_an_unknown_one_of_an_earlier_version_is_not_asked_for_again() -> None:
    """Its record does not name the account."""
    world = World(idempotent=True)
    world.script.add("invoice", "after_lost")
    world.charge()
    world.overwrite(lambda bill: replace(bill, account=None))
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


def test_a_failed_one_is_asked_for_at_the_account_of_today(world: World) -> None:
    world.script.add("invoice", "unavailable")
    world.charge()
    assert by_invoice(world.charge(ELSEWHERE))
    assert ELSEWHERE.key
    assert world.bill.is_at(ELSEWHERE.key.team_ulid)


def test_a_newer_key_of_another_account_is_used_from_the_next_turn_on(world: World) -> None:
    """The account is on record before Blawby is called, and this attempt's is the former."""
    world.blawby.refused_keys.add("good-key-0001")
    world.healing.newer = ELSEWHERE
    assert world.charge() == fallback(Reason.KEY_REJECTED)
    assert by_invoice(world.charge(ELSEWHERE))
    assert len(world.invoices) == 1


def test_an_error_nobody_thought_of_leaves_the_entry_started(world: World) -> None:
    def surprise() -> None:
        raise RuntimeError

    world.script.add("invoice", surprise)
    with pytest.raises(RuntimeError):
        world.charge()
    assert world.bill.state is BillState.STARTED
    assert issubclass(OutcomeUnknown, Exception)


def test_a_customer_of_another_account_is_not_put_on_record_for_this_one(world: World) -> None:
    world.script.add("invoice", "unavailable")
    world.charge()
    assert world.bill.customer_id
    world.script.add("search", "unavailable")
    world.charge(ELSEWHERE)
    assert world.bill.customer_id is None


def test_a_try_to_write_the_outcome_has_half_of_the_time_that_is_left(world: World) -> None:
    left: list[float | None] = []

    def slow() -> None:
        left.append(world.clock.remaining())
        world.clock.sleep(2)
        raise VaultUnavailable

    world.script.add("write", "ok", slow, slow)
    assert by_invoice(world.charge())
    assert left[0] == 5.0
    assert left[1] is not None
    assert 3.9 <= left[1] <= 4.0


def test_an_outcome_is_written_over_three_other_writes_a_try(world: World) -> None:
    another_write = partial(world.overwrite, lambda bill: bill)
    world.script.add("write", "ok", *[another_write] * 19)
    assert by_invoice(world.charge())
    assert world.bill.state is BillState.INVOICED
    assert world.script.count(["write"]) == 1 + 4 * 5


def test_an_outcome_that_others_keep_overtaking_is_shown_and_stays_started(world: World) -> None:
    another_write = partial(world.overwrite, lambda bill: bill)
    world.script.add("write", "ok", *[another_write] * 20)
    assert by_invoice(world.charge())
    assert world.bill.state is BillState.STARTED
    assert len(world.worklist.items[Kind.INVOICE]) == 1


def test_without_a_deadline_blawby_is_asked_all_the_same(world: World) -> None:
    filed = world.filing.file(TEAM, INTAKE.talk, INTAKE.turn)
    assert filed is not None
    assert by_invoice(filed.payment)


@pytest.mark.parametrize("step", ["away", "gone"])
def test_who_lost_the_race_to_begin_and_finds_no_record_is_pending(world: World, step: str) -> None:
    """Two requests take up a matter whose invoice failed; the other one writes first."""
    world.script.add("invoice", "unavailable")
    world.charge()

    def lose() -> None:
        world.overwrite(lambda bill: bill)
        gone = world.stores.matters[TEAM.team.team_id].clear
        world.script.add("read", "away" if step == "away" else gone)

    world.script.add("write", lose)
    assert world.charge() == PENDING
    assert world.invoices == []


@pytest.mark.parametrize(("found", "calls"), [(True, 1), (False, 2)])
@pytest.mark.parametrize(("margin", "asks"), [(0.01, True), (-0.01, False)])
def test_calls_that_were_made_show_what_another_one_takes(
    world: World, found: bool, calls: int, margin: float, asks: bool
) -> None:
    """Of 7.5 seconds s are gone after so many calls: 7.5 - s = 1.25 s / calls at the edge."""
    if found:
        assert TEAM.key
        world.blawby.accounts[TEAM.key.team_ulid].customers["9"] = Client(
            "Jane", JANE.email or "", ""
        )
    spent = 7.5 / (1 + 1.25 / calls) - margin
    world.script.add("search", lambda: world.clock.sleep(spent))
    assert by_invoice(world.charge()) is asks


def test_a_copy_looks_again_after_growing_pauses_for_four_seconds() -> None:
    pauses: list[float] = []
    world = World(sleep=pauses.append)
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    assert world.charge() == PENDING
    means = [min(0.05 * 2**number, 0.4) for number in range(len(pauses))]
    assert all(0.5 * m <= pause <= 1.5 * m for m, pause in zip(means, pauses, strict=True))
    assert sum(pauses[:-1]) < 4.0 <= sum(pauses)


@pytest.mark.parametrize(
    ("step", "effect", "answer"),
    [
        ("search", "ok", "created"),
        ("search", "unavailable", "unavailable"),
        ("search", "rate_limited", "rate limited"),
        ("search", "rejected", "key rejected"),
        ("search", "lost", "no clear answer"),
        ("invoice", "lost", "no clear answer"),
        ("list invoice", "away", "not asked"),
    ],
)
def test_what_is_observed_of_an_attempt(world: World, step: str, effect: str, answer: str) -> None:
    world.script.add(step, effect)
    payment = world.charge()
    [seen] = world.seen
    assert (seen.answer, seen.payment, seen.matter) == (answer, payment, world.matters[0].key)
    assert (seen.team_id, seen.key_version) == (TEAM.team.team_id, 1)


def test_each_attempt_and_each_request_has_a_name_of_its_own(world: World) -> None:
    names = set()
    for _ in range(3):
        world.script.add("invoice", "unavailable")
        world.charge()
        names |= {world.bill.attempt, world.bill.request}
        world.clock.sleep(1)
    assert len(names) == 6
    assert {len(name) for name in names if name} == {16}
