"""One load at a time for each key: the others wait for its result or its error."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any, TypeVar

T = TypeVar("T")
# Gets what waits for so many seconds at most, and returns whether the load is over.
Waiting = Callable[[Callable[[float], bool]], None]


class SingleFlight:
    """`waiting` bounds those who wait: what it raises ends the wait of one, not the load."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Future[Any]] = {}

    def run(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return the result of `load()`; concurrent callers share it, and its error."""
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if mine:
            self._fly(key, flight, load)
        else:
            self._wait(flight)
        result: T = flight.result()
        return result

    def wait(self, key: Hashable) -> bool:
        """Wait until the current load has ended, with or without success; return False if there is
        none."""
        with self._lock:
            flight = self._flights.get(key)
        if flight is None:
            return False
        self._wait(flight)
        return True

    def _wait(self, flight: Future[Any]) -> None:
        self._waiting(lambda seconds: bool(wait_for([flight], seconds).done))

    def _fly(self, key: Hashable, flight: Future[Any], load: Callable[[], Any]) -> None:
        try:
            result = load()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
        else:
            self._land(key)
            flight.set_result(result)

    def _land(self, key: Hashable) -> None:
        with self._lock:
            del self._flights[key]
