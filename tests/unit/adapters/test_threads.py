"""Work beside a request: its deadline, its errors, its bounds, and forks; and rounds."""

import os
import threading

import pytest

from app.adapters import deadline
from app.adapters.threads import Rounds, Threads


def test_what_is_started_has_the_requests_deadline_and_gives_its_result() -> None:
    threads = Threads("test", 1)
    with deadline.within(30):
        left = threads.start(deadline.remaining)()
    assert left is not None
    assert left <= 30


def test_what_is_started_raises_where_it_is_waited_for() -> None:
    def fails() -> None:
        raise LookupError

    waited = Threads("test", 1).start(fails)
    with pytest.raises(LookupError):
        waited()


def test_what_runs_in_the_background_has_no_deadline() -> None:
    seen, done = [], threading.Event()

    def look() -> None:
        seen.append(deadline.remaining())
        done.set()

    with deadline.within(0.001):
        assert Threads("test", 1).run(look)
    assert done.wait(30)
    assert seen == [None]


def test_an_error_in_the_background_stops_nothing() -> None:
    threads, done = Threads("test", 1, waiting=2), threading.Event()
    for _ in range(10):
        while not threads.run(lambda: 1 / 0):
            pass
    while not threads.run(done.set):
        pass
    assert done.wait(30)


def test_what_waits_is_bounded() -> None:
    threads, go_on = Threads("test", 1, waiting=2), threading.Event()
    assert threads.run(go_on.wait)
    assert threads.run(go_on.wait)
    assert not threads.run(go_on.wait)
    go_on.set()


def test_a_forked_process_has_threads_of_its_own() -> None:
    threads = Threads("test", 1)
    threads.start(int)()
    child = os.fork()
    if child == 0:
        os._exit(0 if threads.start(int)() == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_rounds_go_on_whatever_happens_in_one() -> None:
    made, enough = [], threading.Event()

    def work() -> None:
        made.append(threading.current_thread().name)
        if len(made) == 3:
            enough.set()
            raise SystemExit  # Ends this thread alone.
        raise LookupError

    rounds = Rounds(work, 0.01)
    for _ in range(5):
        rounds.start()
    assert enough.wait(30)
    assert made == ["rounds"] * 3


def test_no_rounds_are_made_until_they_are_started_or_where_they_are_off() -> None:
    def work() -> None:
        pytest.fail("nobody started it")

    before = threading.active_count()
    Rounds(work, 0.001)
    Rounds(work, 0).start()
    assert threading.active_count() == before


def test_a_forked_process_makes_rounds_of_its_own() -> None:
    done = threading.Event()

    def work() -> None:
        done.set()
        raise SystemExit

    rounds = Rounds(work, 0.01)
    rounds.start()
    assert done.wait(30)
    child = os.fork()
    if child == 0:
        done.clear()
        rounds.start()
        os._exit(0 if done.wait(30) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
