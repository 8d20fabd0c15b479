"""How often something may be done, counted by the `limits` library."""

import time

from limits import RateLimitItem
from limits.strategies import RateLimiter

from app.errors import RateLimited


class RateLimit:
    """One rule; each combination of `who` has a count of its own."""

    def __init__(self, limiter: RateLimiter, rule: RateLimitItem) -> None:
        self._limiter = limiter
        self._rule = rule

    def admit(self, *who: str) -> None:
        """Counts one more, or raises `RateLimited` with the seconds until the next may come."""
        if not self._limiter.hit(self._rule, *who):
            reset = self._limiter.get_window_stats(self._rule, *who).reset_time
            raise RateLimited(retry_after=max(1, int(reset - time.time()) + 1))
