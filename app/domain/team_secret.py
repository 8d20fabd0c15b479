"""A secret on its way in, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import TeamUlid
from app.domain.secret import SecretString


@dataclass(frozen=True, slots=True)
class NewSecret:
    api_key: SecretString
    team_ulid: TeamUlid
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """`created`: there was none before. `delayed`: the shared cache did not take the news."""

    version: int
    created: bool
    delayed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    valid: bool
    checked_at: datetime
