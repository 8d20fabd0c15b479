"""The payment of a complete intake: fee, client, outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.domain.ids import TeamId


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
    """The payment method of this intake, as in the payment table of docs/api.md."""

    method: Method
    reason: Reason | None = None
    invoice_url: str | None = None
    payment_id: str | None = None
    amount: str | None = None
    """Dollars with two decimals, "75.00"; the amount that Blawby confirmed if there is an
    invoice."""
    currency: str = "USD"


def dollars(amount: Decimal) -> str:
    return f"{amount:.2f}"


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    customer_id: str
    amount: Decimal
    """US dollars, to the cent."""
    description: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as Blawby confirmed it."""

    invoice_id: str
    amount: Decimal
    payment_link: str
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a matter's payment, for logs and metrics, without the client's data.

    `key_version` is that of the team's key in Vault, None if Blawby was not called. `answer` is
    Blawby's last one, in one word; `milliseconds` are those of the steps.
    """

    team_id: TeamId
    matter: str
    payment: Payment
    key_version: int | None = None
    answer: str = "not asked"
    milliseconds: Mapping[str, float] = field(default_factory=dict)
