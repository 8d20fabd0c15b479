"""The intake: what a prospective client has told, and which intake is the same."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import Literal

from app.domain.ids import TeamId


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
class FurtherMatter:
    """A second matter that the client told after the intake was complete.

    `told_at` is the number of client messages when the client began to tell it. `matter_type` is
    None where the words fit none of the team's services.
    """

    told_at: int
    description: str
    matter_type: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeTurn:
    """Where the intake stands after the last message.

    `response` is the next thing to say. For a complete intake the agent appends the words about
    payment where `tells_payment` is set: at the first completion, and when the client asks how to
    pay. `completed_at` is the number of client messages when the intake was first complete and in
    scope, None until then. `original` is what was collected at that moment; it never changes in
    the rest of the conversation, while `collected` carries the client's corrections.
    `language` is the one of `response` (a BCP 47 tag). `answers` are the topics of the questions
    that `response` answers. `danger`: the message told of danger, and `response` gives the
    emergency numbers.
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
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A prospective client, complete: `phone` is E.164."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Intake:
    """A complete intake. `session_id` is what the client sent, None where it sent none: one made
    for the request at hand would give the same intake another identity when it is sent again."""

    session_id: str | None
    client: Client
    matter_type: str
    description: str
    location: str | None = None
    urgency: str | None = None


def intake_key(team_id: TeamId, intake: Intake) -> str:
    """The identity of an intake: the same for each copy of it, however often and wherever sent.

    Made of the team, the session, the client and the matter. What people correct or reword in
    a repeat (name, phone, description) is not part of it; the phone counts without an address.
    """
    client = intake.client.email or intake.client.phone
    parts = [team_id, intake.session_id or "", _normal(client), _normal(intake.matter_type)]
    return hashlib.sha256(json.dumps(["intake/1", *parts]).encode()).hexdigest()[:32]


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
