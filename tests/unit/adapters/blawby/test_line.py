"""Places and the line for them: first come, first served, and never more inside than places."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.adapters.blawby.line import Line


def stands_in(line: Line, count: int) -> None:
    while len(line._line) < count:
        time.sleep(0.001)


def test_places_are_given_in_the_order_of_arrival() -> None:
    line, served = Line(places=1, waiting=20, spare=0), []
    assert line.enter(0)

    def wait(number: int) -> None:
        assert line.enter(30)
        served.append(number)
        line.leave()

    with ThreadPoolExecutor(20) as threads:
        waiting = []
        for number in range(20):
            waiting.append(threads.submit(wait, number))
            stands_in(line, number + 1)
        line.leave()
        for each in waiting:
            each.result(30)
    assert served == list(range(20))


def test_a_newcomer_does_not_overtake_the_line() -> None:
    line = Line(places=1, waiting=1, spare=0)
    assert line.enter(0)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(line.enter, 30)
        stands_in(line, 1)
        line.leave()
        assert not line.enter(0)
        assert first.result(30)


def test_a_full_line_and_no_time_are_refused_at_once() -> None:
    line = Line(places=1, waiting=0, spare=0)
    assert line.enter(3600)
    assert not line.enter(3600)
    assert not Line(places=0, waiting=1, spare=0).enter(0)


def test_whoever_gives_up_leaves_the_line() -> None:
    line = Line(places=1, waiting=1, spare=0)
    assert line.enter(0)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0)


def test_those_behind_the_line_wait_while_answers_come() -> None:
    """Each look at the time finds that Blawby has just answered."""
    looks = 0

    def clock() -> float:
        nonlocal looks
        looks += 1
        return 0.0

    line = Line(places=1, waiting=0, spare=1, stall=0.01, clock=clock)
    assert line.enter(0)
    with ThreadPoolExecutor(1) as threads:
        behind = threads.submit(line.enter, 30)
        stands_in(line, 1)
        seen = looks
        while looks < seen + 20:
            time.sleep(0.001)
        line.leave()
        assert behind.result(30)


def test_those_behind_the_line_leave_when_no_answer_comes_and_none_joins_them() -> None:
    line = Line(places=1, waiting=0, spare=10, stall=0.02)
    assert line.enter(0)
    assert not line.enter(3600)
    assert not line.enter(3600)
    assert len(line._line) == 0


def test_those_in_the_line_stay_when_no_answer_comes() -> None:
    line = Line(places=1, waiting=1, spare=1, stall=0.01)
    assert line.enter(0)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(line.enter, 30)
        stands_in(line, 1)
        assert not line.enter(3600)
        line.leave()
        assert first.result(30)


@pytest.mark.parametrize("places", [1, 3])
def test_never_more_are_inside_than_there_are_places(places: int) -> None:
    """Many callers with little patience: places are neither lost nor made."""
    line, inside, most, lock = Line(places, waiting=40, spare=0), [0], [0], threading.Lock()

    def come_and_go(_: int) -> None:
        if not line.enter(0.002):
            return
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.0005)
        with lock:
            inside[0] -= 1
        line.leave()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(come_and_go, range(600)))
    assert most[0] <= places
    assert all(line.enter(0) for _ in range(places))
    assert not line.enter(0)


@pytest.mark.parametrize(("waiting", "spare"), [(0, 0), (1, 0), (0, 1), (1, 2), (3, 1)])
def test_so_many_stand_in_the_line_and_behind_it_and_no_more(waiting: int, spare: int) -> None:
    line = Line(places=1, waiting=waiting, spare=spare, clock=lambda: 0.0)
    assert line.enter(30)
    with ThreadPoolExecutor(waiting + spare + 1) as threads:
        those = []
        for number in range(1, waiting + spare + 1):
            those.append(threads.submit(line.enter, 30))
            stands_in(line, number)
        assert not line.enter(30)
        for each in those:
            line.leave()
            assert each.result(30)


@pytest.mark.parametrize(("silent", "may_join"), [(1.0, True), (1.1, False)])
def test_who_comes_after_a_second_without_an_answer_does_not_wait_behind_the_line(
    silent: float, may_join: bool
) -> None:
    now = 0.0
    line = Line(places=1, waiting=0, spare=1, clock=lambda: now)
    assert line.enter(30)
    now = silent
    with ThreadPoolExecutor(1) as threads:
        behind = threads.submit(line.enter, 30)
        if may_join:
            stands_in(line, 1)
            line.leave()
        assert behind.result(30) is may_join


def test_a_first_caller_after_a_silence_gives_those_behind_it_time() -> None:
    now = 0.0
    line = Line(places=2, waiting=0, spare=1, clock=lambda: now)
    now = 60.0
    assert line.enter(0)
    assert line.enter(0)
    with ThreadPoolExecutor(1) as threads:
        behind = threads.submit(line.enter, 30)
        stands_in(line, 1)
        line.leave()
        assert behind.result(30)
