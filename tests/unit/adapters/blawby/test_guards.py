"""The guards of Blawby's client remember the teams of late, not every team there ever was."""

import pytest

from app.adapters.blawby.guards import GuardRules, Guards
from app.domain.ids import TeamId
from app.errors import BlawbyRateLimited, BlawbyUnavailable
from tests.rig import new_ulid


def test_a_pause_holds_until_it_is_over() -> None:
    guards, team = Guards(GuardRules()), TeamId(new_ulid())
    guards.pause(team, 60)
    with pytest.raises(BlawbyRateLimited) as raised, guards.around(team):
        pytest.fail("it was asked")
    assert raised.value.retry_after in (59, 60, 61)
    guards.pause(team, 0)
    with guards.around(team):
        pass


def test_what_is_remembered_of_teams_is_bounded() -> None:
    guards, oldest = Guards(GuardRules(failures_of_team=1)), TeamId(new_ulid())
    guards.pause(oldest, 3600)
    with pytest.raises(BlawbyUnavailable), guards.around(oldest):
        pytest.fail("it was asked")
    for _ in range(1_000):
        team = TeamId(new_ulid())
        with guards.around(team):
            pass
        guards.pause(team, 3600)
    with guards.around(oldest):
        pass


def test_a_breaker_is_forgotten_with_its_team() -> None:
    guards, failing = Guards(GuardRules(failures_of_team=1)), TeamId(new_ulid())
    with pytest.raises(BlawbyUnavailable), guards.around(failing):
        raise BlawbyUnavailable
    with pytest.raises(BlawbyUnavailable), guards.around(failing):
        pytest.fail("it was asked")
    for _ in range(1_000):
        with guards.around(TeamId(new_ulid())):
            pass
    with guards.around(failing):
        pass
