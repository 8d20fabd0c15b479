"""How long the steps of an attempt took, for the log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Steps:
    """Milliseconds by step, in order."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = self._clock()
        try:
            yield
        finally:
            taken = (self._clock() - began) * 1000
            self.milliseconds[name] = round(self.milliseconds.get(name, 0.0) + taken, 1)
