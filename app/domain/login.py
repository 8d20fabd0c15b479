"""Logging in at Vault."""

from dataclasses import dataclass

from app.domain.ids import TeamId
from app.domain.secret import SecretString


@dataclass(frozen=True, slots=True)
class Credentials:
    """A team's login: its role id, and a token that unwraps a new secret id once."""

    role_id: str
    wrapping_token: SecretString
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Login:
    token: SecretString
    expires_in: int
    """Seconds."""
    team_id: TeamId | None
