"""Memos: no client waits for one, and one that failed is left later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import BillState
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind
from app.errors import TeamNotFound
from app.services.payments.memos import Memos, PutOffMemos
from tests.fakes.background import AtOnce
from tests.fakes.resolution import resolved_team
from tests.fakes.told import Told
from tests.unit.services.payments.test_invoicing import ELSEWHERE, TEAM, World

FAILURES = ["unavailable", "lost", "rate_limited", "rejected"]


class Teams:
    def __init__(self, resolved: ResolvedTeam | None = TEAM) -> None:
        self.resolved = resolved

    def resolve(self, reference: TeamId, /) -> ResolvedTeam:
        if self.resolved is None:
            raise TeamNotFound
        return self.resolved


def leave(world: World, teams: Teams | None = None) -> None:
    """Everything that was put off."""
    memos = Memos(world.worklist, AtOnce(world.clock), world.clock, world.clock.now)
    put_off = PutOffMemos(teams or Teams(), world.stores, world.worklist, world.blawby, memos)
    for item, _ in list(world.worklist.items[Kind.MEMO].values()):
        put_off.leave(Kind.MEMO, item)


def memos(world: World) -> list[str]:
    return [memo for account in world.blawby.accounts.values() for memo in account.memos]


@pytest.fixture
def world() -> World:
    return World()


def put_off(world: World) -> int:
    return len(world.worklist.items[Kind.MEMO])


@pytest.mark.parametrize("effect", FAILURES)
def test_one_that_failed_is_put_off_and_left_later(world: World, effect: str) -> None:
    world.script.add("memo", effect, effect)
    world.file()
    assert world.bill.state is BillState.INVOICED
    assert (memos(world), put_off(world)) == ([], 1)
    leave(world)
    assert (memos(world), put_off(world)) == ([], 1)
    leave(world)
    assert (len(memos(world)), put_off(world)) == (1, 0)


def test_one_that_was_left_is_not_put_off(world: World) -> None:
    world.file()
    assert (len(memos(world)), put_off(world)) == (1, 0)


def test_a_correction_is_left_as_another_memo(world: World) -> None:
    """Blawby's customers cannot be changed."""
    world.file()
    world.file(told=Told().corrected(email="right@example.com"))
    leave(world)
    first, second = memos(world)
    assert "right@example.com" not in first
    assert "Corrected details: Jane Doe, right@example.com, +19198296000" in second
    assert put_off(world) == 0


def test_nothing_is_told_blawby_of_a_client_that_it_does_not_have(world: World) -> None:
    team = resolved_team(key=None)
    world.file(team)
    world.file(team, Told().corrected(email="right@example.com"))
    assert (memos(world), put_off(world)) == ([], 0)


@pytest.mark.parametrize("gone", ["team", "matter", "garbled"])
def test_one_of_what_is_gone_is_dropped(world: World, gone: str) -> None:
    world.script.add("memo", "unavailable")
    world.file()
    if gone == "matter":
        world.stores.matters.clear()
    elif gone == "garbled":
        world.stores.garbled.update(world.stores.matters[TEAM.team.team_id])
    leave(world, Teams(None if gone == "team" else TEAM))
    assert (memos(world), put_off(world)) == ([], 0)


def test_a_memo_is_never_left_in_another_account(world: World) -> None:
    """There the customer's id may be somebody else's."""
    world.file()
    world.file(told=Told().corrected(email="right@example.com"))
    before = memos(world)
    assert ELSEWHERE.key
    stranger = Client("Victor Other", "victor@example.com", "+19198320000")
    ids = dict.fromkeys(map(str, range(9)), stranger)
    world.blawby.accounts[ELSEWHERE.key.team_ulid].customers.update(ids)
    leave(world, Teams(ELSEWHERE))
    assert (memos(world), put_off(world)) == (before, 0)


@pytest.mark.parametrize(("elsewhere", "left"), [(False, 2), (True, 1)])
def test_a_record_that_names_no_account_is_confirmed_by_the_address(
    world: World, elsewhere: bool, left: int
) -> None:
    world.file()
    world.file(told=Told().corrected(email="right@example.com"))
    world.overwrite(lambda bill: replace(bill, account=None))
    leave(world, Teams(ELSEWHERE if elsewhere else TEAM))
    assert (len(memos(world)), put_off(world)) == (left, 0)


def test_a_memo_for_a_customer_who_is_gone_is_dropped(world: World) -> None:
    world.script.add("memo", "unavailable")
    world.file()
    for account in world.blawby.accounts.values():
        account.customers.clear()
    leave(world)
    assert (memos(world), put_off(world)) == ([], 0)


def test_a_memo_for_a_customer_whom_blawby_does_not_know_yet_is_put_off(world: World) -> None:
    (account,) = (world.blawby.accounts[key.team_ulid] for key in [TEAM.key] if key)
    kept: dict[str, Client] = {}

    def too_early() -> None:
        kept.update(account.customers)
        account.customers.clear()

    world.script.add("memo", too_early)
    world.file()
    assert (memos(world), put_off(world)) == ([], 1)
    account.customers.update(kept)
    leave(world)
    assert (len(memos(world)), put_off(world)) == (1, 0)


def test_without_a_key_it_waits(world: World) -> None:
    world.script.add("memo", "unavailable")
    world.file()
    leave(world, Teams(resolved_team(key=None)))
    assert put_off(world) == 1
    leave(world)
    assert (len(memos(world)), put_off(world)) == (1, 0)


def test_one_that_no_thread_takes_is_put_off_for_a_minute(world: World) -> None:
    class Full(AtOnce):
        def run(self, work: Callable[[], object], _team: object = None, /) -> bool:
            return False

    world.file()
    (matter,) = world.matters
    assert TEAM.key
    gateway = world.blawby.open(TEAM.team.team_id, TEAM.key.team_ulid, TEAM.key.api_key)
    before = memos(world)
    Memos(world.worklist, Full(world.clock), world.clock, world.clock.now).leave(
        gateway, "1", TEAM.team.team_id, matter
    )
    assert memos(world) == before
    [(item, turn)] = world.worklist.items[Kind.MEMO].values()
    assert (item.at, item.key) == (world.clock.now(), matter.key)
    assert turn.due == item.at + timedelta(minutes=1)


def test_only_a_memo_that_is_not_left_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.script.add("memo", "unavailable", "ok")
    world.file()
    assert [line.__dict__["cause"] for line in caplog.records] == ["BlawbyUnavailable"]
    caplog.clear()
    leave(world)
    assert (len(memos(world)), caplog.records) == (1, [])
    world.file(told=Told().corrected(email="right@example.com"))
    for account in world.blawby.accounts.values():
        account.customers.clear()
    caplog.clear()
    leave(world)
    assert [line.__dict__["cause"] for line in caplog.records] == ["no such customer"]
