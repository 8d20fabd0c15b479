"""Any number of repeats, in any order, with a crash or an outage at any step: never two invoices
for an intake, and never a link to one that is not there."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from app.domain.intake import Intake, intake_key
from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.payment import Invoice, Method, Payment, Reason
from app.services.payments.entry import standing_state
from tests.fakes.resolution import resolved_team
from tests.fakes.script import Crash
from tests.unit.services.payments.test_invoicing import INTAKE, TEAM, World

STEPS = ("ledger_read", "ledger_write", "search", "customer", "memo", "invoice")
AFTER = ("after_crash",)
EFFECTS = {
    "ledger_read": ("away", "crash"),
    "ledger_write": ("away", "after_away", "crash", "after_crash"),
    "search": ("unavailable", "rate_limited", "rejected", "crash"),
    "customer": ("unavailable", "rejected", "lost", "after_lost", "crash", "after_crash"),
    "memo": ("unavailable", "rejected", "lost", "crash", "after_crash"),
    # `after_unavailable` is missing: a gateway that says so although it was done breaks its port.
    "invoice": (
        "unavailable",
        "rate_limited",
        "rejected",
        "lost",
        "after_lost",
        "crash",
        "after_crash",
    ),
}
INTAKES = (INTAKE, replace(INTAKE, session_id=None), replace(INTAKE, matter_type="Probate"))


def resolved_by_hand(entry: LedgerEntry, made: list[Invoice]) -> LedgerEntry:
    entry = replace(entry, version=entry.version + 1)
    if not made:
        return replace(entry, state=LedgerState.FAILED, invoice_id=None)
    link = made[0].payment_link
    return replace(
        entry, state=LedgerState.INVOICED, invoice_id=made[0].invoice_id, payment_link=link
    )


class OneInvoicePerIntake(RuleBasedStateMachine):
    idempotent = False

    @initialize()
    def begin(self) -> None:
        self.world = World(idempotent=self.idempotent)
        self.world.blawby.honours_idempotency = self.idempotent
        self.told: dict[str, Payment] = {}

    @rule(data=st.data(), step=st.sampled_from(STEPS), well=st.integers(0, 2))
    def something_will_go_wrong(self, data: st.DataObject, step: str, well: int) -> None:
        effect = data.draw(st.sampled_from(EFFECTS[step]))
        self.world.script.add(step, *["ok"] * well, effect)

    @rule(step=st.sampled_from(STEPS), intake=st.sampled_from(INTAKES))
    def a_copy_will_come_meanwhile(self, step: str, intake: Intake) -> None:
        self.world.script.add(step, lambda: self.send(intake))

    @rule(step=st.sampled_from(STEPS), seconds=st.floats(0.1, 20))
    def something_will_be_slow(self, step: str, seconds: float) -> None:
        self.world.script.add(step, lambda: self.world.clock.sleep(seconds))

    @rule(step=st.sampled_from(STEPS))
    def an_operator_will_look_it_up_meanwhile(self, step: str) -> None:
        def long_afterwards() -> None:
            self.world.clock.sleep(20)
            self.an_operator_looks_unknown_ones_up()

        self.world.script.add(step, long_afterwards)

    @rule()
    def an_operator_looks_unknown_ones_up(self) -> None:
        """Writes down what Blawby has of each intake that is unknown by now. No "there is none" can
        be true while a request for an invoice is still on its way: he waits for that to end."""
        if "invoice" in self.world.script.under_way:
            return
        entries = self.world.ledgers.entries[TEAM.team.team_id]
        for key, entry in entries.items():
            if standing_state(entry, self.world.clock.now(), 10) is LedgerState.UNKNOWN:
                entries[key] = resolved_by_hand(entry, self.invoices(key))

    @rule(intake=st.sampled_from(INTAKES), has_key=st.booleans())
    def send(self, intake: Intake, has_key: bool = True) -> None:
        team = TEAM if has_key else resolved_team(key=None)
        self.world.healing.rejected.clear()
        try:
            payment = self.world.again(team, intake)
        except Crash:
            return
        self.check(intake_key(TEAM.team.team_id, intake), payment)

    @rule(seconds=st.floats(0.1, 30))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.sleep(seconds)

    @rule()
    def all_is_well_again(self) -> None:
        self.world.script.clear()

    def check(self, key: str, payment: Payment) -> None:
        made = self.invoices(key)
        if payment.method is Method.BLAWBY_API:
            assert payment.invoice_url == made[0].payment_link
            assert payment.payment_id == made[0].invoice_id
            assert self.told.setdefault(key, payment) == payment
        elif payment.reason is not Reason.VAULT_UNAVAILABLE and payment.invoice_url:
            assert made == [], "a link was offered although there is an invoice"

    def invoices(self, key: str) -> list[Invoice]:
        accounts = self.world.blawby.accounts.values()
        made = (pair for account in accounts for pair in account.invoices)
        return [invoice for idempotency, invoice in made if idempotency == f"{key}-invoice"]

    @invariant()
    def never_two_invoices(self) -> None:
        for intake in INTAKES:
            assert len(self.invoices(intake_key(TEAM.team.team_id, intake))) <= 1

    @invariant()
    def never_two_customers(self) -> None:
        for account in self.world.blawby.accounts.values():
            assert len(account.customers) <= 1


class OneInvoiceWithAnIdempotentBlawby(OneInvoicePerIntake):
    idempotent = True


PROFILE = settings(max_examples=150, stateful_step_count=25, deadline=None)
OneInvoicePerIntake.TestCase.settings = PROFILE
OneInvoiceWithAnIdempotentBlawby.TestCase.settings = PROFILE
TestOneInvoicePerIntake = OneInvoicePerIntake.TestCase
TestOneInvoiceWithAnIdempotentBlawby = OneInvoiceWithAnIdempotentBlawby.TestCase
