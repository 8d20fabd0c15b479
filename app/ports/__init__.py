"""What the services need of the world, in the field's words. Adapters implement these.

Stores are bound to one team and one identity when they are made, so that no call can mix two.
Where Vault is behind it, every method may raise `VaultUnavailable`, `Unauthenticated`, `Forbidden`;
what else it raises is said with it.
"""

from app.ports.intake import Collected, IntakeEngine, IntakeTurn, Message
from app.ports.ledger import CallerLedgers, InvoiceLedger, InvoiceLedgers, LedgerEntry, LedgerState
from app.ports.limits import RateCounter, TimeBudget
from app.ports.payments import (
    Client,
    Invoice,
    InvoiceDraft,
    KeyHealing,
    PaymentsGateway,
    PaymentsGateways,
)
from app.ports.resolution import Generations, GenerationsUnavailable, TeamSource, Values
from app.ports.secrets import (
    SecretHistory,
    SecretLabel,
    SecretStore,
    SecretStores,
    SecretVersion,
    ShownSecret,
)
from app.ports.teams import Credentials, Login, Logins, TeamRegistries, TeamRegistry

__all__ = [
    "CallerLedgers",
    "Client",
    "Collected",
    "Credentials",
    "Generations",
    "GenerationsUnavailable",
    "IntakeEngine",
    "IntakeTurn",
    "Invoice",
    "InvoiceDraft",
    "InvoiceLedger",
    "InvoiceLedgers",
    "KeyHealing",
    "LedgerEntry",
    "LedgerState",
    "Login",
    "Logins",
    "Message",
    "PaymentsGateway",
    "PaymentsGateways",
    "RateCounter",
    "SecretHistory",
    "SecretLabel",
    "SecretStore",
    "SecretStores",
    "SecretVersion",
    "ShownSecret",
    "TeamRegistries",
    "TeamRegistry",
    "TeamSource",
    "TimeBudget",
    "Values",
]
