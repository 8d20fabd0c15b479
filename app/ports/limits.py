"""Limits for one request and one caller."""

from contextlib import AbstractContextManager
from typing import Protocol

from limits import RateLimitItem


class RateCounter(Protocol):
    def wait(self, rule: RateLimitItem, *who: str, cost: int = 1) -> int:
        """Count `cost` more for `who`; return 0 if within the rule, else seconds to wait."""


class TimeBudget(Protocol):
    """The deadline of the current request."""

    def within(self, seconds: float, /) -> AbstractContextManager[None]: ...

    def remaining(self) -> float | None:
        """Seconds left; None where no deadline is set."""
