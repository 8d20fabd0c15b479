"""A team: its configuration, its key, and both together for the agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.origins import is_origin
from app.domain.secret import SecretString


@dataclass(frozen=True, slots=True)
class TeamConfig:
    """A team's configuration document, as stored, read through the contract's names."""

    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def requires_payment(self) -> bool:
        return bool(self.document.get("requiresPayment", False))

    @property
    def consultation_fee(self) -> Decimal:
        """US dollars, to the cent."""
        return Decimal(str(self.document.get("consultationFee") or 0)).quantize(Decimal("0.01"))

    @property
    def payment_link(self) -> str | None:
        return self.document.get("paymentLink")

    @property
    def available_services(self) -> tuple[str, ...]:
        return tuple(self.document.get("availableServices") or ())

    @property
    def jurisdiction(self) -> Mapping[str, Any]:
        return self.document.get("jurisdiction") or {}

    @property
    def intro_message(self) -> str | None:
        intro = self.document.get("introMessage")
        return intro if isinstance(intro, str) and intro.strip() else None

    @property
    def allowed_origins(self) -> tuple[str, ...] | None:
        """Origins of the web pages that may call the agent; None: any. Malformed origins are left
        out, so that a mistake allows fewer pages and never more."""
        named = self.document.get("allowedOrigins")
        if named is None:
            return None
        return tuple(text for text in named if isinstance(text, str) and is_origin(text))

    @property
    def ai_enabled(self) -> bool:
        """Whether a language model may take part; `Team.ai_enabled` knows of malformed values."""
        told = self.document.get("ai")
        if told is None:
            return True
        return isinstance(told, Mapping) and told.get("enabled", True) is True

    @property
    def blawby_enabled(self) -> bool:
        return bool((self.document.get("blawbyApi") or {}).get("enabled", False))


@dataclass(frozen=True, slots=True)
class Team:
    """`version` is that of its document in Vault; 0 if not read from there. `ignored`: places in
    the stored configuration that are malformed and left out of `config`."""

    team_id: TeamId
    slug: Slug
    name: str
    config: TeamConfig
    version: int = field(default=0, compare=False)
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @property
    def ai_enabled(self) -> bool:
        """Whether a language model may take part in the team's conversations. A stored value that
        cannot be read forbids it, because it was meant to change something."""
        return self.config.ai_enabled and "config.ai" not in self.ignored


@dataclass(frozen=True, slots=True)
class TeamKey:
    """A team's Blawby key with the Blawby id stored for it, and its version in Vault."""

    api_key: SecretString
    team_ulid: TeamUlid
    version: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResolvedTeam:
    """Configuration and key as one immutable value, the unit of the cache.

    `key` is None if the team has none; `key_unavailable` if Vault did not answer. `degraded`: Vault
    was unavailable, and this is an older value (at most CONFIG_STALE_IF_ERROR old).
    """

    team: Team
    key: TeamKey | None
    key_unavailable: bool = False
    degraded: bool = False
