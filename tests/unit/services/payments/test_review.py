"""Operators' lists of invoices and refused keys, and what they put on record of an unknown one."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.payment import Method, Reason
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from app.domain.worklist import Kind, WorkItem
from app.errors import (
    Forbidden,
    InvoiceSettled,
    MatterUnusable,
    NotFound,
    SecretNotFound,
    ValidationFailed,
)
from app.services.attention import Attention
from app.services.matters.reading import Matters
from app.services.payments.confirming import Confirming
from app.services.payments.review import Invoices
from app.services.payments.rules import InvoiceRules
from app.services.secret_views import SecretViews
from tests.fakes.background import AtOnce
from tests.fakes.matters import FakeMatterDesk
from tests.fakes.vault import (
    OPERATOR,
    FakeSecretStores,
    FakeTeamRegistries,
    FakeTeamSource,
    FakeVault,
)
from tests.unit.services.payments.test_invoicing import TEAM, World

TEAM_ID = TEAM.team.team_id
START = WorkItem(World().clock.now(), TEAM_ID, "0" * 32)


def key(number: int) -> str:
    return f"{number:032x}"


def label(number: int, state: BillState = BillState.UNKNOWN, **more: object) -> MatterLabel:
    return MatterLabel(
        *(key(number), 1, START.at, "Family Law", None, state, Decimal(75)),
        *(Method.PENDING, Method.FALLBACK_LINK),
        started_at=START.at,
        **more,
    )


class Review:
    def __init__(self) -> None:
        self.world, self.desk, self.vault = World(), FakeMatterDesk(), FakeVault()
        self.caller = self.vault.login(OPERATOR)
        self.vault.teams[TEAM_ID] = Team(TEAM_ID, Slug("a-firm"), "A Firm", TeamConfig({}))
        registries = FakeTeamRegistries(self.vault)
        rules = InvoiceRules(deadline=10.0, clock=self.world.clock.now)
        background = AtOnce(self.world.clock)
        self.secrets = FakeSecretStores(self.vault)
        stores, worklist = self.world.stores, self.world.worklist
        matters = Matters(registries, self.desk, stores, worklist, background, rules)
        source = FakeTeamSource(self.vault)
        confirming = Confirming(matters, stores, source, self.world.blawby)
        self.invoices = Invoices(matters, self.desk, confirming, worklist, background, rules)
        views = SecretViews(self.secrets, registries, source)
        self.attention = Attention(self.invoices, views, worklist)
        self.give_key()

    def give_key(self) -> None:
        secret = self.secrets.open(self.caller, TEAM_ID)
        assert TEAM.key
        told = SecretLabel(TEAM.key.team_ulid, "fingerprint", "w")
        secret.write(TEAM.key.api_key, told, secret.history().version)

    def list_invoice(self, number: int, shown: MatterLabel | Exception | None = None) -> WorkItem:
        item = replace(START, at=START.at + timedelta(seconds=number), key=key(number))
        self.world.worklist.add(Kind.INVOICE, item)
        self.desk.labels[key(number)] = shown or label(number)
        return item

    def list_key(self, second: int, version: int, team_id: TeamId = TEAM_ID) -> None:
        at = START.at + timedelta(seconds=second)
        self.world.worklist.add(Kind.KEY, WorkItem.of_key(at, team_id, version))

    def unknown(self, after: str | None = None, limit: int = 10) -> tuple[list[str], object]:
        page = self.invoices.unknown(self.caller, after, limit)
        return [one.label.key for one in page.invoices], page.next

    def made(self) -> str:
        """An invoice that Blawby made and did not answer for; returns its id there."""
        self.world.script.add("invoice", "after_lost")
        self.world.file()
        [matter] = self.world.matters
        [invoice] = self.world.invoices
        self.desk.labels[matter.key] = replace(label(0), key=matter.key)
        self.world.clock.sleep(60)
        return invoice.invoice_id

    def resolve(self, payment_id: str | None) -> BillState:
        [matter] = self.world.matters
        found = self.invoices.resolve(self.caller, TEAM_ID, matter.key, payment_id)
        return found.label.state


@pytest.fixture
def review() -> Review:
    return Review()


def test_unknown_invoices_come_in_pages_the_oldest_first(review: Review) -> None:
    items = [review.list_invoice(number) for number in range(1, 6)]
    assert review.unknown(limit=2) == ([key(1), key(2)], items[1].name)
    assert review.unknown(items[1].name, 2) == ([key(3), key(4)], items[3].name)
    assert review.unknown(items[3].name, 2) == ([key(5)], None)
    assert review.unknown(limit=5) == ([key(number) for number in range(1, 6)], None)


def test_what_is_settled_gone_or_no_matter_is_not_on_the_list(review: Review) -> None:
    review.list_invoice(1, label(1, BillState.INVOICED))
    review.list_invoice(2, MatterUnusable())
    review.list_invoice(3)
    del review.desk.labels[review.list_invoice(4).key]
    page = review.invoices.unknown(review.caller, None, 10)
    assert [one.label.key for one in page.invoices] == [key(3)]
    assert page.unusable == [key(2)]


def test_a_teams_page_has_invoices_alone_and_the_matters_that_can_be_read(review: Review) -> None:
    review.made()
    [matter] = review.world.matters
    review.desk.labels.clear()
    for number, state in enumerate(BillState):
        review.desk.labels[key(number)] = label(number, state)
        review.desk.matters[key(number)] = matter
    with_invoice = [s for s in BillState if s not in (BillState.NONE, BillState.LINK)]
    unreadable = key(list(BillState).index(BillState.UNKNOWN))
    review.desk.matters[unreadable] = MatterUnusable()
    page = review.invoices.page(review.caller, TEAM_ID, None, 10)
    assert len(page.invoices) == len(with_invoice)
    assert [one.label.key for one in page.invoices if not one.matter] == [unreadable]
    review.desk.matters[unreadable] = Forbidden()
    page = review.invoices.page(review.caller, TEAM_ID, None, 10)
    assert len(page.invoices) == len(with_invoice)
    assert not any(one.matter for one in page.invoices)


@pytest.mark.parametrize("state", BillState)
def test_only_an_unknown_invoice_is_settled(review: Review, state: BillState) -> None:
    review.desk.labels[key(1)] = label(1, state)
    error = {BillState.NONE: NotFound, BillState.LINK: NotFound, BillState.UNKNOWN: None}
    refusal = error.get(state, InvoiceSettled)
    with pytest.raises(refusal) if refusal else nullcontext():
        review.invoices.resolve(review.caller, TEAM_ID, key(1), None)
    assert len(review.desk.settled) == (refusal is None)


def test_who_settles_an_invoice_at_the_same_time_as_another_is_told_so(review: Review) -> None:
    item = review.list_invoice(0)
    item = replace(item, at=START.at)
    review.world.worklist.add(Kind.INVOICE, item)
    review.desk.settles = False
    with pytest.raises(InvoiceSettled):
        review.invoices.resolve(review.caller, TEAM_ID, key(0), None)
    assert item.name in review.world.worklist.items[Kind.INVOICE]
    review.desk.settles = True
    found = review.invoices.resolve(review.caller, TEAM_ID, key(0), None).label
    assert (found.state, found.method) == (BillState.FAILED, Method.FALLBACK_LINK)
    assert (found.reason, found.invoice_id) == (Reason.BLAWBY_UNAVAILABLE, None)
    assert item.name not in review.world.worklist.items[Kind.INVOICE]


def test_an_invoice_that_blawby_confirms_is_put_on_record(review: Review) -> None:
    payment_id = review.made()
    assert review.resolve(payment_id) is BillState.INVOICED
    [(settled, link)] = review.desk.settled
    assert (settled.invoice_id, settled.amount) == (payment_id, Decimal(75))
    assert (settled.method, settled.reason) == (Method.BLAWBY_API, None)
    assert link == review.world.invoices[0].payment_link


def test_what_cannot_be_confirmed_is_not_put_on_record(review: Review) -> None:
    payment_id = review.made()
    with pytest.raises(NotFound):
        review.resolve("77")
    review.secrets.open(review.caller, TEAM_ID).delete(1)
    with pytest.raises(SecretNotFound):
        review.resolve(payment_id)
    review.give_key()
    [matter] = review.world.matters
    review.world.stores.matters[TEAM_ID].clear()
    with pytest.raises(NotFound):
        review.invoices.resolve(review.caller, TEAM_ID, matter.key, payment_id)
    assert review.desk.settled == []


ELSEWHERE = TeamUlid("01K0TNGNKTM4Q0AG0XF0A8ST0Q")
Other = Callable[[Review, Matter], None]


def has(account: TeamUlid | None) -> Other:
    """The other matter, on record with an invoice in this account."""

    def put(review: Review, matter: Matter) -> None:
        other = replace(matter, key=key(7), bill=replace(matter.bill, account=account))
        review.world.stores.matters[TEAM_ID][key(7)] = other

    return put


def is_garbled(review: Review, _matter: Matter) -> None:
    review.world.stores.garbled.add(key(7))


def is_gone(_review: Review, _matter: Matter) -> None:
    """It has a label alone."""


@pytest.mark.parametrize(
    ("other", "is_free"),
    [
        (has(TEAM.key.team_ulid if TEAM.key else None), False),
        (has(None), False),
        (has(ELSEWHERE), True),
        (is_garbled, False),
        (is_gone, False),
    ],
)
def test_an_invoice_of_another_matter_is_refused_unless_it_is_surely_in_another_account(
    review: Review, other: Other, is_free: bool
) -> None:
    payment_id = review.made()
    [matter] = review.world.matters
    other(review, matter)
    review.desk.labels[key(7)] = label(7, BillState.INVOICED, invoice_id=payment_id)
    with nullcontext() if is_free else pytest.raises(ValidationFailed):
        review.invoices.resolve(review.caller, TEAM_ID, matter.key, payment_id)
    assert len(review.desk.settled) == is_free


@pytest.mark.parametrize(("before", "is_seen"), [(4_998, True), (4_999, False)])
def test_five_thousand_matters_are_looked_at_for_the_same_invoice(
    review: Review, before: int, is_seen: bool
) -> None:
    """So many and the matter itself come before the one with the same invoice."""
    payment_id = review.made()
    [matter] = review.world.matters
    for number in range(before):
        review.desk.labels[key(number)] = label(number, BillState.FAILED)
    other = label(0, BillState.INVOICED, invoice_id=payment_id)
    review.desk.labels["f" * 32] = replace(other, key="f" * 32)
    with pytest.raises(ValidationFailed) if is_seen else nullcontext():
        review.invoices.resolve(review.caller, TEAM_ID, matter.key, payment_id)


# --- what needs a person ------------------------------------------------------------------------


def test_invoices_come_before_keys_and_pages_join(review: Review) -> None:
    for number in range(1, 4):
        review.list_invoice(number)
    review.list_key(1, version=1)
    seen, after, sizes = list[object](), None, list[int]()
    while True:
        page = review.attention.page(review.caller, after, 2)
        seen += [one.label.key for one in page.invoices]
        seen += [(one.team_id, one.version, one.fingerprint) for one in page.keys]
        sizes.append(len(page.invoices) + len(page.keys))
        after = page.next
        if after is None:
            break
    assert seen == [key(1), key(2), key(3), (TEAM_ID, 1, "fingerprint")]
    assert sizes == [2, 2]


@pytest.mark.parametrize("number", [1, 2])
def test_a_page_that_is_full_of_invoices_leaves_the_keys_to_the_next(
    review: Review, number: int
) -> None:
    for each in range(number):
        review.list_invoice(each)
    review.list_key(1, version=1)
    page = review.attention.page(review.caller, None, number)
    assert (len(page.invoices), len(page.keys), page.next) == (number, 0, "key")
    rest = review.attention.page(review.caller, page.next, number)
    assert (len(rest.invoices), len(rest.keys), rest.next) == (0, 1, None)


def test_a_key_that_is_replaced_gone_or_listed_twice_is_shown_as_it_is(review: Review) -> None:
    strange, spoilt = TeamId("01k0tngnktm4q0ag0xf0a8st0q"), TeamId("01k0tngnktm4q0ag0xf0a8st0r")
    review.vault.teams[spoilt] = replace(review.vault.teams[TEAM_ID], team_id=spoilt)
    review.vault.spoil_secret(spoilt)
    for second, version, team_id in ((1, 1, TEAM_ID), (2, 1, TEAM_ID), (3, 2, TEAM_ID)):
        review.list_key(second, version, team_id)
    review.list_key(4, 1, strange)
    review.list_key(5, 1, spoilt)
    page = review.attention.page(review.caller, None, 10)
    [found] = page.keys
    assert (found.version, found.since) == (1, START.at + timedelta(seconds=1))
    review.give_key()
    [found] = review.attention.page(review.caller, None, 10).keys
    assert found.version == 2


def test_pages_of_keys_go_on_behind_the_last(review: Review) -> None:
    for second in range(1, 4):
        review.list_key(second, second)
    names = sorted(review.world.worklist.items[Kind.KEY])
    page = review.attention.page(review.caller, None, 1)
    assert (len(page.keys), page.next) == (1, f"key/{names[0]}")
    page = review.attention.page(review.caller, page.next, 2)
    assert (len(page.keys), page.next) == (0, None)
