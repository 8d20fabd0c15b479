"""Keys that Blawby refused: growing pauses, one trial at a time, one line for each change."""

import logging

import pytest
from prometheus_client import REGISTRY

from app.domain.ids import TeamId
from app.observability.metrics import count_resolution
from app.services.resolution.rejections import Rejections
from tests.fakes.clock import FakeClock

TEAM = TeamId("0" * 26)
KEY = (TEAM, "stamp", 3)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.seen: list[str] = []
        self.rejections = Rejections(
            lambda outcome, _: self.seen.append(outcome), lambda: self.clock.seconds
        )

    def waits(self) -> float:
        """Seconds until somebody may try."""
        began = self.clock.seconds
        while self.rejections.is_pausing(*KEY):
            self.clock.sleep(1)
        return self.clock.seconds - began


@pytest.fixture
def world() -> World:
    return World()


def test_pauses_double_up_to_ten_minutes(world: World) -> None:
    pauses = []
    for _ in range(8):
        world.rejections.refused(*KEY)
        pauses.append(world.waits())
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


def test_one_tries_and_the_others_go_on_without(world: World) -> None:
    world.rejections.refused(*KEY)
    world.clock.sleep(30)
    assert [world.rejections.is_pausing(*KEY) for _ in range(5)] == [False, True, True, True, True]


def test_a_trial_that_never_ended_is_followed_by_another(world: World) -> None:
    world.rejections.refused(*KEY)
    world.clock.sleep(30)
    assert not world.rejections.is_pausing(*KEY)
    assert world.waits() == 15


def test_each_change_is_counted_and_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(5):
        world.rejections.refused(*KEY)
    for _ in range(2):
        world.rejections.accepted(*KEY)
    assert world.seen == ["key_rejected", "key_accepted"]
    assert [record.getMessage() for record in caplog.records] == [
        "Blawby rejects the key of a team",
        "Blawby takes the key of a team again",
    ]
    world.rejections.refused(*KEY)
    assert world.waits() == 30


def test_the_metrics_move(world: World) -> None:
    names = ("team_secrets_key_rejections_total", "team_secrets_key_recoveries_total")
    before = [REGISTRY.get_sample_value(name) or 0 for name in names]
    rejections = Rejections(count_resolution, lambda: world.clock.seconds)
    rejections.refused(*KEY)
    rejections.accepted(*KEY)
    assert [REGISTRY.get_sample_value(name) for name in names] == [one + 1 for one in before]


def test_another_version_or_stamp_is_another_key(world: World) -> None:
    world.rejections.refused(*KEY)
    for other in ((TEAM, "stamp", 4), (TEAM, "newer", 3), (TeamId("1" * 26), "stamp", 3)):
        assert not world.rejections.is_pausing(*other)
    assert not world.rejections.is_pausing(TEAM, None, 3)


def test_so_many_are_remembered_and_the_oldest_is_forgotten_first(world: World) -> None:
    teams = [TeamId(f"{number:026}") for number in range(10_001)]
    for team in (*teams[:2], teams[0], *teams[2:]):
        world.rejections.refused(team, "stamp", 1)
    pausing = [team for team in teams if world.rejections.is_pausing(team, "stamp", 1)]
    assert pausing == [teams[0], *teams[2:]]


def test_there_is_nothing_to_look_up_while_none_is_refused(world: World) -> None:
    assert not world.rejections
    world.rejections.refused(*KEY)
    assert world.rejections
    world.rejections.accepted(*KEY)
    assert not world.rejections
