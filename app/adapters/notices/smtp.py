"""E-mail over SMTP. Implements `Mailer`."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

from app.adapters.deadline import reading, remaining, within
from app.domain.notice import Letter, NoticeFailed
from app.domain.secret import SecretString

# For the whole exchange: a socket's own timeout begins anew with each byte.
_SECONDS = 20.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _Plain(smtplib.SMTP):
    """Keeps the deadline of `within`."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock:
            self.file = reading(self.sock)
        return super().getreply()


class _Tls(_Plain, smtplib.SMTP_SSL):
    pass


class SmtpMailer:
    """Configured by a URL: `smtp://` with STARTTLS if the server offers it, `smtps://` with TLS
    from the start; `?from=` is the sender. Never sends a password without TLS to another
    machine."""

    def __init__(self, url: SecretString) -> None:
        parts = urlsplit(url.reveal())
        self._tls = parts.scheme == "smtps"
        self._server = parts.hostname or ""
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username or "")
        self._password = SecretString(unquote(parts.password or ""))
        given = parse_qs(parts.query).get("from", [""])[0]
        self._sender = given or (self._user if "@" in self._user else f"no-reply@{self._server}")

    def send(self, letter: Letter) -> None:
        try:
            message = self._message(letter)
            with within(_SECONDS), self._connected() as server:
                server.send_message(message)
        except NoticeFailed:
            raise
        except smtplib.SMTPAuthenticationError:
            raise NoticeFailed("mail login refused") from None
        except smtplib.SMTPRecipientsRefused:
            raise NoticeFailed("address refused") from None
        except (smtplib.SMTPException, OSError, ValueError):
            raise NoticeFailed("mail server failed") from None

    def _message(self, letter: Letter) -> EmailMessage:
        """Raises `ValueError` for a line end in a header, because it would begin another header."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="team-secrets")
        message.set_content(letter.text)
        return message

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            server: smtplib.SMTP = _Tls(
                self._server, self._port, timeout=remaining() or _SECONDS, context=context
            )
        else:
            server = _Plain(self._server, self._port, timeout=remaining() or _SECONDS)
        try:
            self._log_in(server, context)
        except BaseException:
            with suppress(smtplib.SMTPException, OSError):
                server.close()
            raise
        return server

    def _log_in(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        secure = self._tls or self._server in _LOOPBACK
        if not self._tls and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if self._user and not secure:
            raise NoticeFailed("mail server without TLS")
        if self._user:
            server.login(self._user, self._password.reveal())
