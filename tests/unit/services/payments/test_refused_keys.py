"""Refused keys on the worklist: when they come there, and when they go."""

from dataclasses import replace

import pytest

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import TeamNotFound
from app.services.payments.refused_keys import RefusedKeys
from tests.fakes.background import AtOnce
from tests.fakes.blawby import FakeBlawby
from tests.fakes.clock import FakeClock
from tests.fakes.matters import FakeWorklist
from tests.fakes.resolution import FakeHealing, resolved_team

KEY = "key-of-version-3"
TEAM = resolved_team(KEY, version=3)


class Desk:
    """`now` is the team as it is by now; None is gone."""

    def __init__(self) -> None:
        clock = FakeClock()
        self.now: ResolvedTeam | None = TEAM
        self.healing, self.worklist, self.blawby = FakeHealing(), FakeWorklist(), FakeBlawby()
        self.keys = RefusedKeys(
            self.healing, self, self.blawby, self.worklist, AtOnce(clock), clock.now
        )

    def resolve(self, reference: TeamId, /) -> ResolvedTeam:
        if self.now is None:
            raise TeamNotFound
        return self.now

    def listed(self) -> list[WorkItem]:
        return list(self.worklist.page(Kind.KEY, None, 10).items)

    def try_again(self) -> int:
        """How many are listed afterwards."""
        for item in self.listed():
            self.keys.try_again(Kind.KEY, item)
        return len(self.listed())


@pytest.fixture
def desk() -> Desk:
    """One key is listed, and Blawby refuses it."""
    made = Desk()
    made.blawby.refused_keys.add(KEY)
    assert made.keys.reread(TEAM) is None
    return made


def test_a_refused_key_is_listed_once_for_each_version(desk: Desk) -> None:
    desk.keys.reread(TEAM)
    [item] = desk.listed()
    assert (item.team_id, item.key_version) == (TEAM.team.team_id, 3)
    assert WorkItem.parse(item.name) == item
    desk.keys.reread(resolved_team(version=4))
    assert {each.key_version for each in desk.listed()} == {3, 4}


def test_a_key_that_vault_has_a_newer_one_for_is_not_listed() -> None:
    desk = Desk()
    desk.healing.newer = resolved_team(version=4)
    assert desk.keys.reread(TEAM) is desk.healing.newer
    assert desk.listed() == []


def test_it_stays_while_blawby_refuses_it(desk: Desk) -> None:
    assert desk.try_again() == 1
    assert len(desk.blawby.used) == 1


def test_it_goes_when_blawby_takes_it(desk: Desk) -> None:
    desk.blawby.refused_keys.clear()
    assert desk.try_again() == 0


@pytest.mark.parametrize("now", [resolved_team(version=4), resolved_team(key=None), None])
def test_it_goes_without_a_call_when_the_team_has_another_key_or_none(
    desk: Desk, now: ResolvedTeam | None
) -> None:
    desk.now = now
    assert desk.try_again() == 0
    assert desk.blawby.used == []


def test_it_stays_while_nobody_can_say(desk: Desk) -> None:
    desk.blawby.refused_keys.clear()
    desk.blawby.script.add("verify", "unavailable")
    assert desk.try_again() == 1
    for now in (replace(TEAM, degraded=True), resolved_team(key=None, key_unavailable=True)):
        desk.now = now
        assert desk.try_again() == 1


def test_a_key_of_another_team_or_version_stays_when_one_is_taken(desk: Desk) -> None:
    desk.keys.verified(TEAM.team.team_id, 4, valid=True)
    desk.keys.verified(TeamId("7" * 26), 3, valid=True)
    assert len(desk.listed()) == 1
    desk.keys.verified(TEAM.team.team_id, 3, valid=True)
    assert desk.listed() == []


def test_all_else_is_as_resolution_does_it(desk: Desk) -> None:
    assert desk.keys.is_rejected(TEAM)
    desk.keys.accepted(TEAM)
    assert desk.healing.taken == [SecretString(KEY)]
