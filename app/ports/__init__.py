"""Interfaces that the services depend on, in domain terms. Adapters implement them.

Stores are bound to one team and one identity when they are opened, so that no call can mix two.
Where Vault is behind it, every method may raise `VaultUnavailable`, `Unauthenticated`, `Forbidden`;
a method names in its docstring what else it raises. Imports `app.domain` and `app.errors` alone.
"""

from app.ports.background import Background
from app.ports.intake import IntakeEngine
from app.ports.ledger import CallerLedgers, InvoiceLedger, InvoiceLedgers
from app.ports.limits import RateCounter, TimeBudget
from app.ports.payments import KeyHealing, PaymentsGateway, PaymentsGateways
from app.ports.resolution import Generations, GenerationsUnavailable, TeamSource, Values
from app.ports.secrets import SecretStore, SecretStores
from app.ports.teams import ConfigReader, Logins, TeamRegistries, TeamRegistry

__all__ = [
    "Background",
    "CallerLedgers",
    "ConfigReader",
    "Generations",
    "GenerationsUnavailable",
    "IntakeEngine",
    "InvoiceLedger",
    "InvoiceLedgers",
    "KeyHealing",
    "Logins",
    "PaymentsGateway",
    "PaymentsGateways",
    "RateCounter",
    "SecretStore",
    "SecretStores",
    "TeamRegistries",
    "TeamRegistry",
    "TeamSource",
    "TimeBudget",
    "Values",
]
