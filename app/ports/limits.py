"""How much one request and one caller may take."""

from contextlib import AbstractContextManager
from typing import Protocol

from limits import RateLimitItem


class RateCounter(Protocol):
    def wait(self, rule: RateLimitItem, *who: str, cost: int = 1) -> int:
        """Counts `cost` more of `who`; 0 where that is within the rule, else seconds to wait."""


class TimeBudget(Protocol):
    """The deadline of the request at hand."""

    def within(self, seconds: float, /) -> AbstractContextManager[None]: ...

    def remaining(self) -> float | None:
        """Seconds left; None where no deadline is set."""
