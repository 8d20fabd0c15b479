"""The conversation with a prospective client."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team

Say = Callable[[str], None]
"""Takes words of the response as they come. What it raises has to end the turn."""


def silent(_words: str) -> None:
    """For whoever reads the response when it is complete."""


class IntakeEngine(Protocol):
    @property
    def name(self) -> Literal["rules", "llm"]: ...

    def turn(self, messages: Sequence[Message], team: Team, say: Say = silent, /) -> IntakeTurn:
        """An engine that has its words piece by piece says them while it works. It need not: the
        caller says what is missing of the response."""
