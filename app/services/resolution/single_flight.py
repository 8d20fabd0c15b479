"""One load at a time for each key: the others wait for its result or its error."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    def __init__(self) -> None:
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
        result: T = flight.result()
        return result

    def wait(self, key: Hashable) -> bool:
        """Wait until the current load has ended, with or without success; return False if there is
        none."""
        with self._lock:
            flight = self._flights.get(key)
        if flight is None:
            return False
        flight.exception()
        return True

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
