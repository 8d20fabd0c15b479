"""The payment table, row by row, and each thing that can go wrong on the way to an invoice."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from app.domain.intake import Client, Intake, intake_key
from app.domain.ledger import LedgerState
from app.domain.payment import Method, Payment, Reason
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam
from app.errors import OutcomeUnknown, TeamNotFound, VaultUnavailable
from app.services.payments.entry import LedgerRules
from app.services.payments.invoicing import Invoicing
from app.services.payments.methods import Payments
from tests.fakes.background import AtOnce
from tests.fakes.blawby import FakeBlawby
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedgers
from tests.fakes.resolution import LINK, FakeHealing, resolved_team
from tests.fakes.script import Crash, Script

INTAKE = Intake(
    session_id="session-1",
    client=Client("Jane Doe", "jane@example.com", "+19198296000"),
    matter_type="Family Law",
    description="My husband has moved out.",
    location="Raleigh, NC",
    urgency="soon",
)
TEAM = resolved_team()


class World:
    """Payments with everything around it faked."""

    def __init__(
        self,
        idempotent: bool = False,
        waiting: int = 2,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.script, self.clock, self.healing = Script(), FakeClock(), FakeHealing()
        self.blawby, self.ledgers = FakeBlawby(self.script), FakeLedgers(self.script)
        self.seen: list[Payment] = []
        rules = LedgerRules(
            deadline=10.0,
            blawby_idempotent=idempotent,
            waiting=waiting,
            clock=self.clock.now,
            sleep=sleep or self.clock.sleep,
        )
        invoicing = Invoicing(
            self.ledgers, self.blawby, self.healing, self.clock, AtOnce(self.clock), rules
        )
        self.payments = Payments(invoicing, self.seen.append)

    def charge(self, resolved: ResolvedTeam = TEAM, intake: Intake = INTAKE) -> Payment:
        return self.payments.charge(resolved, intake)

    def again(self, resolved: ResolvedTeam = TEAM, intake: Intake = INTAKE) -> Payment:
        """The same in a request of its own."""
        with self.clock.another_request():
            return self.charge(resolved, intake)

    @property
    def entry(self):
        return self.ledgers.entries[TEAM.team.team_id][intake_key(TEAM.team.team_id, INTAKE)]

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
    assert world.seen == [payment]


def test_a_team_with_a_key_gets_an_invoice_of_its_fee(world: World) -> None:
    payment = world.charge(resolved_team(fee="75.10"))
    assert payment == Payment(
        Method.BLAWBY_API, None, "https://app.blawby.com/invoice/2/pay", "2", "75.10"
    )
    assert world.entry.state is LedgerState.INVOICED
    assert [invoice.amount for invoice in world.invoices] == [Decimal("75.10")]
    assert world.script.steps == [
        "ledger_read",
        "ledger_write",
        "search",
        "customer",
        "memo",
        "invoice",
        "ledger_write",
    ]


def test_the_stored_team_ulid_and_key_are_used(world: World) -> None:
    world.charge()
    assert TEAM.key
    assert world.blawby.used == [(TEAM.team.team_id, TEAM.key.team_ulid)]


def test_a_repeat_is_answered_from_the_ledger_alone(world: World) -> None:
    first = world.charge()
    world.script.steps.clear()
    assert world.charge() == first
    assert world.script.steps == ["ledger_read"]


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
    assert (world.entry.state, world.entry.reason) == (LedgerState.FAILED, reason)
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
    assert world.entry.state is LedgerState.UNKNOWN


def test_a_lost_answer_to_the_customer_is_looked_up(world: World) -> None:
    world.script.add("customer", "after_lost")
    assert by_invoice(world.charge())


def test_a_customer_who_was_not_made_after_all_is_a_fallback(world: World) -> None:
    world.script.add("customer", "lost")
    assert world.charge() == fallback(Reason.BLAWBY_UNAVAILABLE)


@pytest.mark.parametrize("effect", ["unavailable", "lost", "rate_limited", "rejected"])
def test_a_memo_that_fails_does_not_stop_the_invoice(world: World, effect: str) -> None:
    world.script.add("memo", effect)
    assert by_invoice(world.charge())


def test_the_memo_holds_the_matter(world: World) -> None:
    world.charge(intake=replace(INTAKE, urgency=None))
    (account,) = world.blawby.accounts.values()
    assert account.memos == [
        "Matter: Family Law\nDescription: My husband has moved out.\nLocation: Raleigh, NC"
    ]


@pytest.mark.parametrize("difference", ["0.01", "-75", "25"])
def test_another_amount_than_the_fee_is_no_link(world: World, difference: str) -> None:
    world.blawby.misprice = Decimal(difference)
    assert world.charge() == PENDING
    assert world.entry.state is LedgerState.UNKNOWN
    assert world.entry.invoice_id == world.invoices[0].invoice_id
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


# --- the key ---------------------------------------------------------------------------------


def test_a_refused_key_is_replaced_by_a_newer_one_once(world: World) -> None:
    world.blawby.refused_keys.add("good-key-0001")
    world.healing.newer = resolved_team(key="good-key-0002", version=2)
    assert by_invoice(world.charge())
    assert world.healing.rereads == 1
    assert world.healing.taken == [SecretString("good-key-0002")]


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
    assert world.script.steps == ["ledger_read"]


# --- the ledger ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["ledger_read", "ledger_write"])
def test_without_a_ledger_nothing_is_asked_of_blawby(world: World, step: str) -> None:
    world.script.add(step, "away")
    assert world.charge() == fallback(Reason.VAULT_UNAVAILABLE)
    assert world.blawby.used == []


def test_a_settlement_is_written_again_while_the_ledger_is_away(world: World) -> None:
    world.script.add("ledger_write", "ok", "away", "away", "away")
    assert by_invoice(world.charge())
    assert world.entry.state is LedgerState.INVOICED


def test_an_invoice_whose_entry_is_gone_is_given(world: World) -> None:
    world.script.add("ledger_write", "ok", world.ledgers.entries[TEAM.team.team_id].clear)
    assert by_invoice(world.charge())


def test_who_settles_over_an_operators_word_keeps_to_it_unless_there_is_an_invoice(
    world: World,
) -> None:
    def an_operator_says_failed() -> None:
        entries = world.ledgers.entries[TEAM.team.team_id]
        for key, entry in entries.items():
            entries[key] = replace(entry, state=LedgerState.FAILED, version=entry.version + 1)

    world.script.add("ledger_write", "ok", an_operator_says_failed)
    assert by_invoice(world.charge())
    assert world.entry.state is LedgerState.INVOICED


def test_an_invoice_that_could_not_be_written_down_is_given_once_and_not_made_again(
    world: World,
) -> None:
    world.script.add("ledger_write", "ok", *["away"] * 5)
    assert by_invoice(world.charge())
    assert world.entry.state is LedgerState.STARTED
    assert world.charge() == PENDING
    world.clock.sleep(100)
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


def test_a_failure_that_could_not_be_written_down_is_pending(world: World) -> None:
    """The repeats will be, and a link now would be paid beside an invoice later."""
    world.script.add("ledger_write", "ok", *["away"] * 5)
    world.script.add("search", "unavailable")
    assert world.charge() == PENDING


@pytest.mark.parametrize("step", ["search", "customer", "memo", "invoice"])
@pytest.mark.parametrize("effect", ["crash", "after_crash"])
def test_a_worker_that_dies_leaves_no_second_invoice(world: World, step: str, effect: str) -> None:
    world.script.add(step, effect)
    with pytest.raises(Crash):
        world.charge()
    assert world.again() == PENDING
    world.clock.sleep(11)
    assert world.again() == PENDING
    assert len(world.invoices) == (1 if (step, effect) == ("invoice", "after_crash") else 0)


# --- copies at once --------------------------------------------------------------------------


@dataclass
class Meanwhile:
    """A copy of the intake that comes while another is on its way."""

    world: World
    payment: Payment | None = None

    def __call__(self) -> None:
        self.payment = self.world.again()


@pytest.mark.parametrize("step", ["search", "customer", "memo", "invoice"])
def test_a_copy_that_comes_meanwhile_waits_and_is_pending(world: World, step: str) -> None:
    copy = Meanwhile(world)
    world.script.add(step, copy)
    world.charge()
    assert copy.payment == PENDING
    assert len(world.invoices) <= 1


def test_a_copy_that_overtakes_begins_and_the_first_gets_its_invoice(world: World) -> None:
    copy = Meanwhile(world)
    world.script.add("ledger_write", copy)
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
        while "search" not in world.script.steps:
            time.sleep(0.01)
        copy = threads.submit(world.charge)
        outcome = first.result(10)
        settled.set()
        assert copy.result(10) == outcome == (payment or outcome)
    assert by_invoice(outcome) == (payment is None)


def test_few_may_wait_and_the_others_are_pending_at_once() -> None:
    copies: list[Payment] = []

    def sleep(seconds: float) -> None:
        copies.append(world.again())
        world.clock.sleep(seconds)

    world = World(waiting=1, sleep=sleep)
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    assert world.again() == PENDING
    assert set(copies) == {PENDING}


def test_a_copy_that_can_no_longer_read_the_ledger_is_pending(world: World) -> None:
    world.script.add("search", "crash")
    with pytest.raises(Crash):
        world.charge()
    world.script.add("ledger_read", "ok", "away")
    assert world.again() == PENDING


def test_who_lost_the_race_to_one_that_failed_begins(world: World) -> None:
    world.script.add("ledger_write", Meanwhile(world))
    world.script.add("search", "unavailable")
    assert by_invoice(world.charge())


def test_who_loses_every_race_is_pending(world: World) -> None:
    world.script.add("ledger_write", *[Meanwhile(world), "ok", "ok"] * 3)
    world.script.add("search", *["unavailable"] * 3)
    assert world.charge() == PENDING


def test_who_lost_the_race_and_then_the_ledger_is_pending(world: World) -> None:
    world.script.add("ledger_write", Meanwhile(world))
    world.script.add("ledger_read", "ok", "ok", "away")
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
    assert world.entry.state is LedgerState.UNKNOWN
    world.healing.rejected.clear()
    assert by_invoice(world.charge())


def test_no_link_is_offered_for_an_unknown_one_whatever_is_missing_later() -> None:
    world = World(idempotent=True)
    world.script.add("invoice", "after_lost")
    world.charge()
    assert world.charge(resolved_team(key=None)) == PENDING
    world.script.add("ledger_write", "away")
    assert world.charge() == PENDING


def test_an_invoice_of_another_amount_is_not_asked_for_again() -> None:
    world = World(idempotent=True)
    world.blawby.misprice = Decimal(1)
    world.charge()
    world.blawby.misprice = Decimal(0)
    assert world.charge() == PENDING
    assert len(world.invoices) == 1


def test_an_error_nobody_thought_of_leaves_the_entry_started(world: World) -> None:
    def surprise() -> None:
        raise RuntimeError

    world.script.add("invoice", surprise)
    with pytest.raises(RuntimeError):
        world.charge()
    assert world.entry.state is LedgerState.STARTED
    assert issubclass(OutcomeUnknown, Exception)
