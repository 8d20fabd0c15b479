"""Ways to notify a team of its matters."""

from collections.abc import Mapping
from typing import Protocol

from app.domain.ids import TeamId
from app.domain.notice import Letter
from app.domain.secret import SecretString


class WebhookSender(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises `NoticeFailed` unless the receiver answered with a 2xx."""


class Mailer(Protocol):
    def send(self, letter: Letter) -> None:
        """Raises `NoticeFailed` unless the mail server accepted it."""


class WebhookSecrets(Protocol):
    """The secret that signs a team's webhooks."""

    def read(self, team_id: TeamId) -> SecretString | None:
        """As that team's agent, for signing. The team must exist."""

    def write(self, caller: SecretString, team_id: TeamId, secret: SecretString) -> None:
        """With the caller's rights."""

    def delete(self, caller: SecretString, team_id: TeamId) -> None:
        """Erase every version for good, with the caller's rights."""
