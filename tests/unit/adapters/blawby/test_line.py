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
    line, served = Line(places=1, waiting=20), []
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
    line = Line(places=1, waiting=1)
    assert line.enter(0)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(line.enter, 30)
        stands_in(line, 1)
        line.leave()
        assert not line.enter(0)
        assert first.result(30)


def test_a_full_line_and_no_time_are_refused_at_once() -> None:
    line = Line(places=1, waiting=0)
    assert line.enter(3600)
    assert not line.enter(3600)
    assert not Line(places=0, waiting=1).enter(0)


def test_whoever_gives_up_leaves_the_line() -> None:
    line = Line(places=1, waiting=1)
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
    line, inside, most, lock = Line(places, waiting=40), [0], [0], threading.Lock()

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
