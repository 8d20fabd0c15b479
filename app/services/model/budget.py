"""How many tokens a team's conversations may cost in a while."""

from limits import RateLimitItem

from app.domain.ids import TeamId
from app.ports import ModelFailed, RateCounter


class TokenBudget:
    """`longest_answer` is the most that one answer may cost. Counted beforehand, because a call
    that is given up costs its tokens too."""

    def __init__(self, counter: RateCounter, rule: RateLimitItem, longest_answer: int) -> None:
        self._counter, self._rule, self._longest_answer = counter, rule, longest_answer

    def spend(self, team_id: TeamId, tokens: int) -> None:
        """Count a prompt of so many tokens with its answer, or raise `ModelFailed`."""
        cost = tokens + self._longest_answer
        if self._counter.wait(self._rule, "model", str(team_id), cost=cost):
            raise ModelFailed("over_budget")
