"""The conversation with a prospective client."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.domain.team import Team


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What the client has told so far; None is not known. `phone` is E.164."""

    name: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    matter_type: str | None = None
    description: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeTurn:
    """Where the intake stands after the last message. `response` is the next thing to say
    (for a complete intake the services put the words about payment behind it)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]


class IntakeEngine(Protocol):
    @property
    def name(self) -> Literal["rules", "llm"]: ...

    def turn(self, messages: Sequence[Message], team: Team) -> IntakeTurn: ...
