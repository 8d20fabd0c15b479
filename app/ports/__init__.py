"""Interfaces that the services depend on, in domain terms. Adapters implement them.

A store is bound to one team and one identity when it is opened, so that no call can mix two. Where
Vault is behind it, every method may raise `VaultUnavailable`, `Unauthenticated`, `Forbidden`; a
method's docstring names other errors. Imports only `app.domain` and `app.errors`.
"""

from app.ports.background import Background, TeamBackground
from app.ports.intake import IntakeEngine, Say, silent
from app.ports.limits import RateCounter, TimeBudget
from app.ports.matters import MatterDesk, MatterDesks, MatterStore, MatterStores
from app.ports.model import LanguageModel, MakePrompt, ModelFailed
from app.ports.notices import Mailer, WebhookSecrets, WebhookSender
from app.ports.payments import KeyHealing, PaymentsGateway, PaymentsGateways
from app.ports.resolution import (
    Generations,
    GenerationsUnavailable,
    TeamResolution,
    TeamSource,
    TeamVisits,
    Values,
)
from app.ports.secrets import SecretStore, SecretStores
from app.ports.teams import ConfigReader, Logins, TeamRegistries, TeamRegistry
from app.ports.worklist import Worklist

__all__ = [
    "Background",
    "ConfigReader",
    "Generations",
    "GenerationsUnavailable",
    "IntakeEngine",
    "KeyHealing",
    "LanguageModel",
    "Logins",
    "Mailer",
    "MakePrompt",
    "MatterDesk",
    "MatterDesks",
    "MatterStore",
    "MatterStores",
    "ModelFailed",
    "PaymentsGateway",
    "PaymentsGateways",
    "RateCounter",
    "Say",
    "SecretStore",
    "SecretStores",
    "TeamBackground",
    "TeamRegistries",
    "TeamRegistry",
    "TeamResolution",
    "TeamSource",
    "TeamVisits",
    "TimeBudget",
    "Values",
    "WebhookSecrets",
    "WebhookSender",
    "Worklist",
    "silent",
]
