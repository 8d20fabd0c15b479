"""Finished intakes as the engine would hand them over, without a conversation to replay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.intake import Collected, Conversation, FurtherMatter, IntakeTurn, Message

JANE = Collected(
    name="Jane Doe",
    location="Raleigh, NC",
    phone="+19198296000",
    email="jane@example.com",
    matter_type="Family Law",
    description="My husband has moved out.",
    urgency="normal",
)


@dataclass(frozen=True)
class Told:
    """One turn: what the client has said so far, and what the engine makes of it."""

    said: tuple[str, ...] = (
        "Hello",
        "My husband has moved out. jane@example.com",
    )
    session_id: str | None = "session-1"
    collected: Collected = JANE
    original: Collected | None = None
    completed_at: int = 2
    further: tuple[FurtherMatter, ...] = ()
    workflow: str = "matter_created"
    missing: tuple[str, ...] = ()
    answers: Sequence[str] = ()
    language: str = "en"

    @property
    def talk(self) -> Conversation:
        """With our own messages `answers` behind the client's first ones."""
        messages = []
        for at, text in enumerate(self.said):
            messages.append(Message("user", text))
            if at < len(self.answers):
                messages.append(Message("assistant", self.answers[at]))
        return Conversation(messages, self.session_id)

    @property
    def turn(self) -> IntakeTurn:
        done = self.workflow == "matter_created"
        return IntakeTurn(
            "Thank you!",
            self.workflow,
            self.collected,
            self.missing,
            completed_at=self.completed_at if done else None,
            original=(self.original or self.collected) if done else None,
            further=self.further,
            tells_payment=len(self.said) == self.completed_at,
            language=self.language,
        )

    def then(self, *said: str, **changes: object) -> "Told":
        """The same conversation, a few messages later. What is corrected leaves the original."""
        original = self.original or self.collected
        return replace(self, said=(*self.said, *said), original=original, **changes)

    def corrected(self, **details: str) -> "Told":
        return self.then("Sorry, that was wrong", collected=replace(self.collected, **details))
