"""Work beside the current request."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from app.domain.ids import TeamId

T = TypeVar("T")


class Background(Protocol):
    """Separate threads for work that a request does not wait for, or not yet."""

    def run(self, work: Callable[[], object], /) -> bool:
        """Start `work` without the request's deadline; return False if too much waits already.
        Errors are only logged."""

    def start(self, work: Callable[[], T], /) -> Callable[[], T]:
        """Start `work` under the request's deadline. The returned function waits for its result,
        and raises what it raised."""


class TeamBackground(Protocol):
    """Separate threads for work that may wait for a team's own servers. Teams share them fairly."""

    def run(self, work: Callable[[], object], team: TeamId, /) -> bool:
        """Start `work` in the team's turn; return False if too much of that team waits already.
        Errors are only logged."""
