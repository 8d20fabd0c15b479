"""What a finished intake asks for, who it is, and what became of its payment."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.ids import TeamId
from app.ports import Client


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


class Method(StrEnum):
    BLAWBY_API = "blawby_api"
    STATIC_LINK = "static_link"
    FALLBACK_LINK = "fallback_link"
    NONE = "none"
    PENDING = "pending"
    UNAVAILABLE = "unavailable"


class Reason(StrEnum):
    NO_KEY = "no_key"
    KEY_REJECTED = "key_rejected"
    BLAWBY_UNAVAILABLE = "blawby_unavailable"
    VAULT_UNAVAILABLE = "vault_unavailable"
    RATE_LIMITED = "rate_limited"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Payment:
    """How this intake is paid, as the contract's payment table has it."""

    method: Method
    reason: Reason | None = None
    invoice_url: str | None = None
    payment_id: str | None = None
    amount: str | None = None
    """Dollars with two decimals, "75.00"; what Blawby confirmed where there is an invoice."""
    currency: str = "USD"


def dollars(amount: Decimal) -> str:
    return f"{amount:.2f}"
