"""Rates counted in memory, in windows that never end."""

from collections import Counter

from limits import RateLimitItem


class FakeCounter:
    """Implements `RateCounter`."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()

    def wait(self, rule: RateLimitItem, *who: str, cost: int = 1) -> int:
        self.counts[who] += cost
        return 60 if self.counts[who] > rule.amount else 0
