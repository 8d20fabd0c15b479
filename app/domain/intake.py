"""The intake: a conversation with a prospective client, and the facts collected so far."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Collected:
    """The facts collected so far; None means unknown. `phone` is E.164."""

    name: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    matter_type: str | None = None
    description: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class FurtherMatter:
    """A second matter that the client described after the intake was complete.

    `told_at` is the number of client messages when the description began. `matter_type` is None if
    the words fit none of the team's services.
    """

    told_at: int
    description: str
    matter_type: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeTurn:
    """The state of the intake after the last message.

    `response` is the next text to show. If `tells_payment` is set, the agent appends the words
    about payment: at the first completion, and when the client asks how to pay. `completed_at` is
    the number of client messages when the intake was first complete and in scope, None until then.
    `original` is what was collected at that moment; it never changes in the rest of the
    conversation, while `collected` has the client's corrections. `language` is the one of
    `response` (a BCP 47 tag). `answers` are the topics of the questions that `response` answers.
    `warning` is not empty if the message indicated danger: the emergency numbers, with which
    `response` begins and which every other answer must contain. `engine` is "llm" if a language
    model's answer was read for this turn; `degraded`: one was to be asked, and gave none.
    """

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]
    completed_at: int | None = None
    original: Collected | None = None
    further: tuple[FurtherMatter, ...] = ()
    tells_payment: bool = False
    language: str = "en"
    answers: tuple[str, ...] = ()
    warning: str = ""
    engine: Literal["rules", "llm"] = "rules"
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A prospective client: `phone` is E.164. The e-mail address or the phone may be empty."""

    name: str
    email: str
    phone: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole conversation, the client's message last. `session_id` is as sent, or None."""

    messages: Sequence[Message]
    session_id: str | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """The client's messages."""
        return tuple(message.content for message in self.messages if message.role == "user")

    def digest(self, count: int) -> str | None:
        """A hash of the client's first `count` messages; None if there are fewer."""
        said = self.said
        if len(said) < count:
            return None
        return hashlib.sha256(json.dumps(said[:count]).encode()).hexdigest()
