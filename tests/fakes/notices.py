"""Receivers of notices in memory."""

from collections.abc import Mapping

from app.domain.ids import TeamId
from app.domain.notice import Letter, NoticeFailed
from app.domain.secret import SecretString


class FakeWebhooks:
    """Implements `WebhookSender`. `failing` is the cause of the next failures."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, bytes, dict[str, str]]] = []
        self.failing: str | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        if self.failing:
            raise NoticeFailed(self.failing)
        self.posts.append((url, body, dict(headers)))


class FakeMailer:
    """Implements `Mailer`."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.failing: str | None = None

    def send(self, letter: Letter) -> None:
        if self.failing:
            raise NoticeFailed(self.failing)
        self.letters.append(letter)


class FakeWebhookSecrets:
    """Implements `WebhookSecrets` for one team."""

    def __init__(self, secret: SecretString | None) -> None:
        self.secret = secret

    def read(self, team_id: TeamId) -> SecretString | None:
        return self.secret

    def write(self, caller: SecretString, team_id: TeamId, secret: SecretString) -> None:
        self.secret = secret

    def delete(self, caller: SecretString, team_id: TeamId) -> None:
        self.secret = None
