"""Any number of turns and repeats, in any order, with a crash or an outage at any step,
corrections, second matters, new session ids and changes of the team's configuration and key: never
two invoices for a matter, never a matter on record twice or lost, never a link to an invoice that
is not there, and never anybody else's."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from app.domain.intake import FurtherMatter
from app.domain.matter import BillState, Matter
from app.domain.payment import Invoice, Method, Payment, Reason
from app.domain.team import ResolvedTeam
from app.services.matters.filing import Filed
from app.services.payments.rules import standing
from tests.fakes.resolution import resolved_team
from tests.fakes.script import Crash, Script
from tests.fakes.told import JANE, Told
from tests.unit.services.payments.test_invoicing import ELSEWHERE, TEAM, World

LISTING = ("list matter", "list invoice", "strike matter", "strike invoice")
STEPS = ("read", "write", "link", "expire", *LISTING, "search", "customer", "memo", "invoice")
# What is struck off the worklist is struck when the answer is known already.
IN_TIME = tuple(step for step in STEPS if not step.startswith("strike"))
EFFECTS = {
    "read": ("away", "crash"),
    "write": ("away", "after_away", "crash", "after_crash"),
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
} | dict.fromkeys(("expire", "link", *LISTING), ("away", "after_away", "crash", "after_crash"))
JOHN = replace(JANE, name="John Roe", email="john@example.com", phone="+17045550000")
# Jane talks in two chats, and John has the session id of one of hers.
CHATS = {
    "jane": Told(),
    "jane without a session": Told(("Hi", "My husband is gone. jane@example.com"), None),
    "john": Told(("Hello", "My wife has moved out. john@example.com"), collected=JOHN),
}
CHAT = st.sampled_from(list(CHATS))
# What the team's configuration and its key may have become by the time of a turn.
TEAMS = (
    TEAM,
    resolved_team(key=None),
    resolved_team(fee=90),
    resolved_team(enabled=False),
    ELSEWHERE,
    resolved_team(requires_payment=False),
    resolved_team(link=None, key="bad-key-0003"),
)
# The key that Vault has by the time when Blawby refuses the one at hand.
NEWER = (None, resolved_team(key="good-key-0004", version=2), ELSEWHERE)
AS = ("complete", "renamed", "elsewhere", "in Spanish", "complete later")
AGAIN = "Hi, me again"
FIRED = "I was fired from my job without notice."


def as_heard_today(told: Told, how: str) -> Told:
    """The same conversation where the team renamed the service or no longer works there, where the
    client changed to Spanish, or where other rules take it for complete one message later. By then
    an answer has named the matter: otherwise nobody can know."""
    if how == "renamed":
        return replace(told, collected=replace(told.collected, matter_type="Family & Divorce Law"))
    if how == "elsewhere":
        return replace(told, workflow="out_of_scope", further=())
    if how == "complete later" and told.answers and len(told.said) > told.completed_at:
        return replace(told, completed_at=told.completed_at + 1)
    return replace(told, language="es") if how == "in Spanish" else told


class OneInvoicePerMatter(RuleBasedStateMachine):
    idempotent = False

    @initialize()
    def begin(self) -> None:
        self.world = World(idempotent=self.idempotent)
        self.world.blawby.honours_idempotency = self.idempotent
        self.talks = dict(CHATS)
        self.begun_anew: dict[str, Told] = {}
        self.moved: set[str] = set()
        self.origins: dict[str, set[str | None]] = {chat: set() for chat in CHATS}
        self.matters = dict.fromkeys(CHATS, 1)
        self.told: dict[str, Payment] = {}

    @rule(data=st.data(), step=st.sampled_from(STEPS), well=st.integers(0, 2))
    def something_will_go_wrong(self, data: st.DataObject, step: str, well: int) -> None:
        effect = data.draw(st.sampled_from(EFFECTS[step]))
        self.world.script.add(step, *["ok"] * well, effect)

    @rule(step=st.sampled_from(IN_TIME), chat=CHAT)
    def a_copy_will_come_meanwhile(self, step: str, chat: str) -> None:
        self.world.script.add(step, lambda: self.send(chat))

    @rule(step=st.sampled_from(IN_TIME), chat=CHAT)
    def a_copy_will_come_meanwhile_where_the_clock_is_ahead(self, step: str, chat: str) -> None:
        """What another machine has just begun looks stale there."""

        def elsewhere() -> None:
            self.world.ahead = 20.0
            try:
                self.send(chat)
            finally:
                self.world.ahead = 0.0

        self.world.script.add(step, elsewhere)

    @rule(step=st.sampled_from(STEPS), seconds=st.floats(0.1, 20))
    def something_will_be_slow(self, step: str, seconds: float) -> None:
        self.world.script.add(step, lambda: self.world.clock.sleep(seconds))

    @rule(step=st.sampled_from(IN_TIME))
    def an_operator_will_look_it_up_meanwhile(self, step: str) -> None:
        def long_afterwards() -> None:
            self.world.clock.sleep(20)
            self.an_operator_looks_unknown_ones_up()

        self.world.script.add(step, long_afterwards)

    @rule()
    def an_operator_looks_unknown_ones_up(self) -> None:
        """Writes down what Blawby has of each invoice that is unknown by now. No "there is none"
        can be true while a request for it is still on its way: the operator waits for its end."""
        if "invoice" in self.world.script.under_way:
            return
        matters = self.world.stores.matters[TEAM.team.team_id]
        for key, matter in matters.items():
            now = standing(matter.bill, self.world.clock.now(), 10)
            if now.state is BillState.UNKNOWN:
                matters[key] = resolved_by_hand(matter, self.invoices(key))

    @rule(chat=CHAT)
    def the_client_says_thanks(self, chat: str) -> None:
        self.talks[chat] = self.talks[chat].then("Thanks!")

    @rule(chat=CHAT, digit=st.integers(1, 9))
    def the_client_corrects_the_address(self, chat: str, digit: int) -> None:
        self.talks[chat] = self.talks[chat].corrected(email=f"jane{digit}@example.com")

    @rule(chat=CHAT)
    def the_client_tells_a_second_matter(self, chat: str) -> None:
        talk = self.talks[chat]
        if not talk.further:
            fired = FurtherMatter(len(talk.said) + 1, FIRED, "Employment Law")
            self.talks[chat] = talk.then(FIRED, further=(fired,))
            self.matters[chat] = 2

    @rule(chat=CHAT)
    def the_client_begins_again_in_other_words(self, chat: str) -> None:
        """With the address of before, right or wrong."""
        if chat in self.moved:
            return
        email = self.talks[chat].collected.email
        told = self.talks[chat].collected
        words = f"{told.description} It was last week"
        again = replace(told, email=email, description=words, name=told.name.replace(" ", " Q. "))
        said = (f"{AGAIN}: {chat}", f"{words}, {email}")
        session = self.talks[chat].session_id
        self.begun_anew[chat] = Told(said=said, session_id=session, collected=again)

    @rule(chat=CHAT)
    def the_other_conversation_is_sent(self, chat: str) -> None:
        """Once what the client corrected is on record: what we said is not, nobody can know."""
        anew = self.begun_anew.get(chat)
        if anew is None or chat in self.moved:
            return
        here = [m for m in self.world.matters if m.session_id == anew.session_id]
        if anew.collected.email in {client.email for m in here for client in m.clients}:
            self.talks[chat] = self.begun_anew.pop(chat)
            self.send(chat)

    @rule(chat=CHAT, session=st.sampled_from([None, "session-2", "session-3"]))
    def the_page_takes_another_session(self, chat: str, session: str | None) -> None:
        """Once the conversation goes on: the same words under another session are another intake
        before. Afterwards the client does not begin again: nobody could find what was filed."""
        now = self.talks[chat]
        latest = max(now.completed_at, *(one.told_at for one in now.further), 0)
        begun = now.said[0].startswith(AGAIN) or len(now.said) <= latest
        if begun and not now.answers:
            return
        self.moved.add(chat)
        self.talks[chat] = replace(self.talks[chat], session_id=session)

    @rule(step=st.sampled_from(IN_TIME), chat=CHAT, session=st.sampled_from([None, "session-4"]))
    def a_copy_will_come_meanwhile_with_another_session(
        self, step: str, chat: str, session: str | None
    ) -> None:
        def moved() -> None:
            self.the_page_takes_another_session(chat, session)
            self.send(chat)

        self.world.script.add(step, moved)

    @rule(chat=CHAT, step=st.none() | st.sampled_from(IN_TIME))
    def the_team_deletes_a_matter(self, chat: str, step: str | None) -> None:
        """Now or meanwhile. Whoever tells it in another conversation is a new client, also where
        that one is on its way."""

        def deleted() -> None:
            for matter in self.matters_of(chat)[:1]:
                if self.world.stores.open(TEAM.team.team_id).bury(matter):
                    self.moved.add(chat)
                    self.matters[chat] += matter.origin.digest not in digests(self.talks[chat])

        if step:
            self.world.script.add(step, deleted)
        else:
            self.quietly(deleted)

    @rule(chat=CHAT, step=st.sampled_from(IN_TIME))
    def a_member_will_open_a_matter_meanwhile(self, chat: str, step: str) -> None:
        """Which is another write against the same document."""

        def opened() -> None:
            for matter in self.matters_of(chat):
                seen = replace(matter, opened_at=self.world.now(), version=matter.version + 1)
                self.world.stores.matters[TEAM.team.team_id][matter.key] = seen

        self.world.script.add(step, opened)

    def quietly(self, action: Callable[[], None]) -> None:
        """With nothing of what will go wrong."""
        script, self.world.stores.script = self.world.stores.script, Script()
        try:
            action()
        finally:
            self.world.stores.script = script

    def matters_of(self, chat: str) -> list[Matter]:
        return [m for m in self.world.matters if m.origin.digest in self.origins[chat]]

    @rule(newer=st.sampled_from(NEWER))
    def the_key_is_replaced(self, newer: ResolvedTeam | None) -> None:
        self.world.healing.newer = newer

    @rule(
        chat=CHAT,
        team=st.sampled_from(TEAMS),
        how=st.sampled_from(AS),
    )
    def send(self, chat: str, team: ResolvedTeam = TEAM, how: str = "complete") -> None:
        self.world.healing.rejected.clear()
        told = as_heard_today(self.talks[chat], how)
        self.origins[chat] |= digests(told)
        well = not any(map(self.world.script.waits, STEPS))
        try:
            filed = self.world.file(team, told)
        except Crash:
            return
        if filed:
            self.check(chat, filed)
            self.the_client_has_the_answer(chat, told, filed)
        if well and how != "elsewhere":
            assert filed, "a finished intake was not filed"
            gone = filed.repeat and filed.matter is None
            assert filed.stored or gone, "nothing went wrong, and it is not stored"

    def the_client_has_the_answer(self, chat: str, told: Told, filed: Filed) -> None:
        now = self.talks[chat]
        if filed.matter and not now.answers and now.said[: len(told.said)] == told.said:
            earlier = ("",) * (len(told.said) - 1)
            names = f"Your reference is {filed.matter.reference}."
            self.talks[chat] = replace(now, answers=(*earlier, names))

    @rule(seconds=st.floats(0.1, 30))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.sleep(seconds)

    @rule()
    def all_is_well_again(self) -> None:
        self.world.script.clear()

    def check(self, chat: str, filed: Filed) -> None:
        payment, matter = filed.payment, filed.matter
        if matter is None:
            assert payment.method is not Method.BLAWBY_API
            return
        given = CHATS[chat].collected.name.split()[0]
        assert {client.name.split()[0] for client in matter.clients} == {given}
        deleted = (TEAM.team.team_id, matter.key) in self.world.stores.tombstones
        assert deleted or matter.key in self.world.stores.matters[TEAM.team.team_id]
        made = self.invoices(matter.key)
        if payment.method is Method.BLAWBY_API:
            assert payment.invoice_url == made[0].payment_link
            assert payment.payment_id == made[0].invoice_id
            assert self.told.setdefault(matter.key, payment) == payment
        elif payment.reason is not Reason.VAULT_UNAVAILABLE and payment.invoice_url:
            assert made == [], "a link was offered although there is an invoice"

    def invoices(self, key: str) -> list[Invoice]:
        accounts = self.world.blawby.accounts.values()
        made = (pair for account in accounts for pair in account.invoices)
        return [invoice for idempotency, invoice in made if idempotency.startswith(key)]

    @invariant()
    def never_two_invoices(self) -> None:
        for matter in self.world.matters:
            assert len(self.invoices(matter.key)) <= 1
        assert len(self.world.invoices) <= sum(self.matters.values())

    @invariant()
    def never_a_matter_twice(self) -> None:
        for chat, most in self.matters.items():
            assert len(self.matters_of(chat)) <= most

    @invariant()
    def never_an_invoice_for_anybody_else(self) -> None:
        for matter in self.world.matters:
            known = {client.email for client in matter.clients}
            for account in self.world.blawby.accounts.values():
                for idempotency, invoice in account.invoices:
                    if idempotency.startswith(matter.key):
                        assert account.customers[invoice.customer_id].email in known

    @invariant()
    def never_a_matter_that_is_not_listed_until_it_is_opened(self) -> None:
        listed = {item.key for item, _ in self.world.worklist.items["matter"].values()}
        assert {matter.key for matter in self.world.matters if not matter.opened_at} <= listed


def test_who_loses_an_id_to_another_conversation_leaves_its_item_on_the_list() -> None:
    """Both began at the same instant, so that the items have the same name."""
    machine = OneInvoicePerMatter()
    machine.begin()
    machine.send("jane")
    machine.the_client_tells_a_second_matter("jane")
    machine.the_page_takes_another_session("jane", None)
    machine.a_copy_will_come_meanwhile("write", "jane without a session")
    machine.send("jane")
    assert len(machine.world.matters) == 3
    machine.never_a_matter_that_is_not_listed_until_it_is_opened()


def digests(told: Told) -> set[str | None]:
    return {told.talk.digest(count) for count in range(1, len(told.said) + 1)}


def resolved_by_hand(matter: Matter, made: list[Invoice]) -> Matter:
    """As an operator's patch leaves it."""
    if made:
        bill = replace(
            matter.bill,
            state=BillState.INVOICED,
            invoice_id=made[0].invoice_id,
            invoice_link=made[0].payment_link,
        )
    else:
        bill = replace(matter.bill, state=BillState.FAILED, invoice_id=None)
    return replace(matter, bill=bill, version=matter.version + 1)


class OneInvoiceWithAnIdempotentBlawby(OneInvoicePerMatter):
    idempotent = True


PROFILE = settings(max_examples=150, stateful_step_count=25, deadline=None)
OneInvoicePerMatter.TestCase.settings = PROFILE
OneInvoiceWithAnIdempotentBlawby.TestCase.settings = PROFILE
TestOneInvoicePerMatter = OneInvoicePerMatter.TestCase
TestOneInvoiceWithAnIdempotentBlawby = OneInvoiceWithAnIdempotentBlawby.TestCase
