"""Work beside a request, done at once and in the same thread."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from tests.fakes.clock import FakeClock

T = TypeVar("T")


class AtOnce:
    """Implements `Background` and `TeamBackground`. Work that no request waits for has no deadline;
    its time passes for all."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def run(self, work: Callable[[], object], _team: object = None, /) -> bool:
        with self._clock.another_request(), suppress(Exception):
            work()
        return True

    def start(self, work: Callable[[], T], /) -> Callable[[], T]:
        try:
            result = work()
        except Exception as error:
            failure = error

            def fail() -> T:
                raise failure

            return fail
        return lambda: result
