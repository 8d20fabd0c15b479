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
class IntakeTurn:
    """Where the intake stands after the last message. `response` is the next thing to say
    (for a complete intake the services put the words about payment behind it)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]


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
