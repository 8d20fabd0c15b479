"""Limits of how often something may be done."""

from limits import RateLimitItem

from app.errors import RateLimited
from app.ports import RateCounter


class RateLimit:
    """One rule; each combination of `who` has a separate count."""

    def __init__(self, counter: RateCounter, rule: RateLimitItem) -> None:
        self._counter = counter
        self._rule = rule

    def admit(self, *who: str) -> None:
        """Count one more, or raise `RateLimited` with the seconds until the next is allowed."""
        if seconds := self._counter.wait(self._rule, *who):
            raise RateLimited(retry_after=seconds)
