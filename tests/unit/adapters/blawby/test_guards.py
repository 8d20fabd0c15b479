"""The guards of Blawby's client: pauses, breakers and places, and how many teams they remember."""

import pytest

from app.adapters import deadline
from app.adapters.blawby.guards import GuardRules, Guards
from app.domain.ids import TeamId
from app.errors import BlawbyRateLimited, BlawbyUnavailable
from tests.rig import new_ulid
from tests.waiting import eventually


def test_a_pause_holds_until_it_is_over() -> None:
    guards, team = Guards(GuardRules()), TeamId(new_ulid())
    guards.pause(team, 60)
    with pytest.raises(BlawbyRateLimited) as raised, guards.around(team):
        pytest.fail("it was asked")
    assert raised.value.retry_after in (59, 60, 61)
    guards.pause(team, 0)
    with guards.around(team):
        pass


class OneCache:
    """Implements `Pauses` for two workers; empty once it is `away`."""

    def __init__(self) -> None:
        self.pauses: dict[TeamId, float] = {}
        self.away = False

    def begin(self, team_id: TeamId, seconds: float) -> None:
        self.pauses[team_id] = seconds

    def left(self, team_id: TeamId) -> float:
        return 0 if self.away else self.pauses.get(team_id, 0)


def test_what_one_worker_was_told_holds_for_all_also_when_the_cache_is_away() -> None:
    cache, team = OneCache(), TeamId(new_ulid())
    told, other, later = (Guards(GuardRules(), cache) for _ in range(3))
    told.pause(team, 60)
    for _ in range(2):
        for guards in (told, other):
            with pytest.raises(BlawbyRateLimited) as raised, guards.around(team):
                pytest.fail("it was asked")
            assert raised.value.retry_after in (60, 61)
        cache.away = True
    with later.around(team), told.around(TeamId(new_ulid())):
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


def test_a_place_serves_all_calls_inside_and_is_given_back() -> None:
    guards, team = Guards(GuardRules(slots=1, queue=0)), TeamId(new_ulid())
    for _ in range(3):
        with guards.place():
            for _ in range(3):
                with guards.around(team):
                    pass


def test_nobody_waits_for_a_place_when_no_time_would_be_left_for_a_call() -> None:
    guards = Guards(GuardRules(slots=0, queue=1, patience=3600))
    with deadline.within(1.0), pytest.raises(BlawbyUnavailable), guards.place():
        pytest.fail("there is no place")


def test_a_memo_needs_no_place_and_opens_no_breaker() -> None:
    guards, team = Guards(GuardRules(slots=0, queue=0, failures_of_team=1)), TeamId(new_ulid())
    for _ in range(3):
        with pytest.raises(BlawbyUnavailable), guards.beside(team):
            raise BlawbyUnavailable
    with guards.beside(team):
        pass


def test_a_memo_keeps_to_pauses_and_open_breakers() -> None:
    guards, failing = Guards(GuardRules(failures_of_team=1)), TeamId(new_ulid())
    with pytest.raises(BlawbyUnavailable), guards.around(failing):
        raise BlawbyUnavailable
    paused = TeamId(new_ulid())
    guards.pause(paused, 60)
    for team in (failing, paused):
        with pytest.raises(BlawbyUnavailable), guards.beside(team):
            pytest.fail("it was asked")


@pytest.mark.parametrize(
    ("threads", "streams", "queue", "spare"),
    [(1, 0, 1, 1), (16, 0, 1, 16), (31, 0, 1, 31), (32, 0, 2, 32), (64, 10, 4, 74)],
)
def test_how_many_of_a_workers_threads_may_wait(
    threads: int, streams: int, queue: int, spare: int
) -> None:
    rules = GuardRules.of_a_worker(threads, 3, streams)
    assert (rules.slots, rules.queue, rules.spare, rules.threads) == (3, queue, spare, threads)


def test_copies_have_threads_while_an_eighth_stays_free_or_blawby_answers() -> None:
    guards = Guards(GuardRules(slots=4, threads=16))
    assert [guards.has_threads_for(copies) for copies in (14, 15)] == [True, True]
    eventually(lambda: not guards.has_threads_for(15))
    assert guards.has_threads_for(14)
    with guards.place():
        assert guards.has_threads_for(15), "the call at hand may still be answered soon"
        eventually(lambda: not guards.has_threads_for(14))
        assert guards.has_threads_for(13)
    with guards.around(TeamId(new_ulid())):
        pass
    assert guards.has_threads_for(100)


def test_what_blawby_asks_for_is_rounded_up_to_whole_seconds() -> None:
    guards, team = Guards(GuardRules()), TeamId(new_ulid())
    guards.pause(team, 0.9)
    with pytest.raises(BlawbyRateLimited) as raised, guards.around(team):
        pytest.fail("it was asked")
    assert raised.value.retry_after == 1
