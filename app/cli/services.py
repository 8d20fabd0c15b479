"""The services that the commands call."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from app.services.agent import Agent
from app.services.attention import Attention
from app.services.matters.reading import Matters
from app.services.payments.review import Invoices
from app.services.public_profile import PublicProfiles
from app.services.rotation import Rotation
from app.services.secret_views import SecretViews
from app.services.team_secrets import TeamSecrets
from app.services.teams import Teams

_EXTENSION = "operator-services"


@dataclass(frozen=True, slots=True)
class OperatorServices:
    teams: Teams
    secrets: TeamSecrets
    views: SecretViews
    rotation: Rotation
    matters: Matters
    invoices: Invoices
    attention: Attention
    agent: Agent
    profiles: PublicProfiles


def provide(app: Flask, services: Callable[[], OperatorServices]) -> None:
    """Called when a command runs: help and completion need no services and no environment."""
    app.extensions[_EXTENSION] = services


def services_of(app: Flask) -> OperatorServices:
    provider: Callable[[], OperatorServices] = app.extensions[_EXTENSION]
    return provider()


def services() -> OperatorServices:
    """Those of the app whose command runs."""
    return services_of(current_app)
