"""The conversation with a prospective client."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team

Say = Callable[[str], None]
"""Receive words of the response as they are produced. An exception must end the turn."""


def silent(_words: str) -> None:
    """For callers that read only the complete response."""


class IntakeEngine(Protocol):
    @property
    def name(self) -> Literal["rules", "llm"]: ...

    def turn(self, messages: Sequence[Message], team: Team, say: Say = silent, /) -> IntakeTurn:
        """An engine that produces text in pieces passes them to `say` while it works. This is
        optional: the caller sends the rest of the response."""
