"""The two channels to a team: a signed webhook, and an e-mail."""

from collections.abc import Callable
from datetime import datetime

from app.domain.matter import Matter
from app.domain.notice import NoticeFailed
from app.domain.team import ResolvedTeam
from app.ports import Mailer, WebhookSecrets, WebhookSender
from app.services.notices.channels import email_of, webhook_of
from app.services.notices.document import letter, webhook_body
from app.services.notices.signing import signature, signing_key


class WebhookNotice:
    def __init__(
        self, secrets: WebhookSecrets, sender: WebhookSender, clock: Callable[[], datetime]
    ) -> None:
        self._secrets, self._sender, self._clock = secrets, sender, clock

    def send(self, resolved: ResolvedTeam, matter: Matter, /) -> bool:
        """Send nothing unsigned. Each revision of a matter has one message id, however often it is
        sent, so that the receiver can recognise a repeat."""
        team = resolved.team
        url = webhook_of(team.config)
        if url is None:
            return False
        secret = self._secrets.read(team.team_id)
        key = signing_key(secret) if secret else None
        if key is None:
            raise NoticeFailed("no webhook secret")
        now = self._clock()
        message_id, timestamp = f"msg_{matter.key}_{matter.revision}", int(now.timestamp())
        body = webhook_body(team.team_id, matter, now)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "team-secrets",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(key, message_id, timestamp, body),
        }
        self._sender.post(url, body, headers)
        return True


class EmailNotice:
    """`mailer` is None if no mail server is configured."""

    def __init__(self, mailer: Mailer | None) -> None:
        self._mailer = mailer

    def send(self, resolved: ResolvedTeam, matter: Matter, /) -> bool:
        address = email_of(resolved.team.config)
        if self._mailer is None or address is None:
            return False
        self._mailer.send(letter(address, resolved.team.name, matter))
        return True
