"""The conversation with a prospective client."""

from collections.abc import Sequence
from typing import Literal, Protocol

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team


class IntakeEngine(Protocol):
    @property
    def name(self) -> Literal["rules", "llm"]: ...

    def turn(self, messages: Sequence[Message], team: Team) -> IntakeTurn: ...
