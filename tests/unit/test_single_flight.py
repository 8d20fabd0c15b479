"""One load at a time for each key."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.services.single_flight import SingleFlight


class Load:
    """A load that waits until the test lets it end."""

    def __init__(self, error: Exception | None = None) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.times = 0
        self._error = error

    def __call__(self) -> object:
        self.times += 1
        self.began.set()
        assert self.may_end.wait(30)
        if self._error:
            raise self._error
        return self


def share(flights: SingleFlight, load: Load) -> list[Future[object]]:
    """One caller whose load is under way, and seven that came while it was."""
    waiting = threading.Semaphore(0)

    def call() -> object:
        waiting.release()
        return flights.run("key", load)

    pool = ThreadPoolExecutor(8)
    callers = [pool.submit(call)]
    assert load.began.wait(30)
    callers += [pool.submit(call) for _ in range(7)]
    for _ in range(8):
        assert waiting.acquire(timeout=30)
    pool.shutdown(wait=False)
    return callers


def test_those_who_come_meanwhile_share_the_result() -> None:
    load = Load()
    callers = share(SingleFlight(), load)
    load.may_end.set()
    results = {caller.result(30) for caller in callers}
    assert results == {load}
    assert load.times <= 2


def test_they_share_the_error_too() -> None:
    load = Load(ValueError())
    callers = share(SingleFlight(), load)
    load.may_end.set()
    for caller in callers:
        with pytest.raises(ValueError):  # noqa: PT011 (whose it is, is all that matters)
            caller.result(30)


def test_who_comes_afterwards_loads_anew() -> None:
    flights = SingleFlight()
    results = iter(["first", "second"])
    assert flights.run("key", lambda: next(results)) == "first"
    assert flights.run("key", lambda: next(results)) == "second"


def test_an_error_is_not_kept() -> None:
    flights = SingleFlight()

    def fail() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        flights.run("key", fail)
    assert flights.run("key", lambda: 1) == 1


def test_keys_do_not_wait_for_each_other() -> None:
    flights, slow = SingleFlight(), Load()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(flights.run, "slow", slow)
        assert slow.began.wait(30)
        assert flights.run("quick", lambda: 1) == 1
        slow.may_end.set()
        assert waiting.result(30) is slow
