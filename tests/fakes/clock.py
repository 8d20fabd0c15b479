"""A clock that a test moves, and the time budget that goes by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class FakeClock:
    """`sleep` moves it. Implements `TimeBudget`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._deadline: float | None = None

    def now(self) -> datetime:
        return datetime(2026, 5, 4, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def remaining(self) -> float | None:
        return None if self._deadline is None else max(self._deadline - self.seconds, 0.001)

    @contextmanager
    def within(self, seconds: float, /) -> Iterator[None]:
        outer, mine = self._deadline, self.seconds + seconds
        self._deadline = mine if outer is None else min(outer, mine)
        try:
            yield
        finally:
            self._deadline = outer

    @contextmanager
    def another_request(self) -> Iterator[None]:
        """What happens meanwhile in a request with a deadline of its own."""
        outer, self._deadline = self._deadline, None
        try:
            yield
        finally:
            self._deadline = outer
