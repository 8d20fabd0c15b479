"""Resolved teams as tests need them, and what becomes of a key that Blawby refused."""

from decimal import Decimal
from typing import Any

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam, Team, TeamConfig, TeamKey

LINK = "https://app.blawby.com/northcarolinalegalservices/pay?amount=7500"


def resolved_team(
    key: str | None = "good-key-0001",
    fee: Decimal | int | str = 75,
    link: str | None = LINK,
    enabled: bool = True,
    requires_payment: bool = True,
    version: int = 1,
    ulid: str = "01JQ70JNSTYFZEVC6423CZH50E",
    **more: Any,
) -> ResolvedTeam:
    team_id = TeamId.parse("01jq70jnstyfzevc6423czh50e")
    document = {
        "requiresPayment": requires_payment,
        "consultationFee": fee,
        "paymentLink": link,
        "blawbyApi": {"enabled": enabled},
    }
    team = Team(team_id, Slug("a-firm"), "A Firm", TeamConfig(document))
    team_key = TeamKey(SecretString(key), TeamUlid.parse(ulid), version) if key else None
    return ResolvedTeam(team, team_key, **more)


class FakeHealing:
    """Implements `KeyHealing`. `newer` is what Vault has by now; an error in it is raised."""

    def __init__(self) -> None:
        self.newer: ResolvedTeam | Exception | None = None
        self.rereads = 0
        self.rejected: set[SecretString] = set()
        self.taken: list[SecretString] = []

    def is_rejected(self, resolved: ResolvedTeam, /) -> bool:
        return resolved.key is not None and resolved.key.api_key in self.rejected

    def accepted(self, resolved: ResolvedTeam, /) -> None:
        if resolved.key:
            self.taken.append(resolved.key.api_key)

    def reread(self, resolved: ResolvedTeam, /) -> ResolvedTeam | None:
        self.rereads += 1
        if isinstance(self.newer, Exception):
            raise self.newer
        if self.newer is None and resolved.key:
            self.rejected.add(resolved.key.api_key)
        return self.newer
