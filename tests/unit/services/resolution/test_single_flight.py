"""One load at a time for each key."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.errors import VaultUnavailable
from app.services.resolution.single_flight import SingleFlight
from tests.fakes.waiting import patiently


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


class Key:
    """Notes each time that somebody looks for its flight, which is done under the lock."""

    def __init__(self) -> None:
        self.looked = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.looked.release()
        return 1


def share(load: Load) -> list[Future[object]]:
    """One caller whose load is under way, and seven that have found it so."""
    flights, key, pool = SingleFlight(patiently), Key(), ThreadPoolExecutor(8)
    callers = [pool.submit(flights.run, key, load)]
    assert load.began.wait(30)
    callers += [pool.submit(flights.run, key, load) for _ in range(7)]
    for _ in range(2 + 7):
        assert key.looked.acquire(timeout=30)
    load.may_end.set()
    pool.shutdown()
    return callers


def test_those_who_come_meanwhile_share_the_result() -> None:
    load = Load()
    assert {caller.result() for caller in share(load)} == {load}
    assert load.times == 1


def test_they_share_the_error_too() -> None:
    load = Load(ValueError())
    for caller in share(load):
        with pytest.raises(ValueError):  # noqa: PT011 (whose it is, is all that matters)
            caller.result()
    assert load.times == 1


def test_who_comes_afterwards_loads_anew() -> None:
    flights = SingleFlight(patiently)
    results = iter(["first", "second"])
    assert flights.run("key", lambda: next(results)) == "first"
    assert flights.run("key", lambda: next(results)) == "second"


def test_an_error_is_not_kept() -> None:
    flights = SingleFlight(patiently)

    def fail() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        flights.run("key", fail)
    assert flights.run("key", lambda: 1) == 1


def test_keys_do_not_wait_for_each_other() -> None:
    flights, slow = SingleFlight(patiently), Load()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(flights.run, "slow", slow)
        assert slow.began.wait(30)
        assert flights.run("quick", lambda: 1) == 1
        slow.may_end.set()
        assert waiting.result(30) is slow


def test_waiting_for_nothing_is_over_at_once() -> None:
    assert SingleFlight(patiently).wait("key") is False


@pytest.mark.parametrize("error", [None, ValueError()])
def test_who_only_waits_hears_of_the_end_alone(error: Exception | None) -> None:
    flights, load, key = SingleFlight(patiently), Load(error), Key()
    with ThreadPoolExecutor(2) as pool:
        loading = pool.submit(flights.run, key, load)
        assert load.began.wait(30)
        waiting = pool.submit(flights.wait, key)
        for _ in range(2 + 1):
            assert key.looked.acquire(timeout=30)
        load.may_end.set()
        assert waiting.result(30) is True
        assert loading.exception(30) is error


def test_who_may_not_wait_leaves_the_load_to_the_others() -> None:
    def for_nobody(_is_over: Callable[[float], bool]) -> None:
        raise VaultUnavailable

    flights, load = SingleFlight(for_nobody), Load()
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(flights.run, "key", load)
        assert load.began.wait(30)
        with pytest.raises(VaultUnavailable):
            flights.run("key", load)
        with pytest.raises(VaultUnavailable):
            flights.wait("key")
        load.may_end.set()
        assert loading.result(30) is load
    assert load.times == 1
