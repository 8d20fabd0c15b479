"""E-mail, at a real mail server."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app.adapters import deadline
from app.adapters.notices.smtp import SmtpMailer
from app.domain.notice import Letter, NoticeFailed
from app.domain.secret import SecretString
from tests.receivers import MailServer, SlowMailServer

LETTER = Letter("owner@firm.example", "New matter 3F9K-27QM: Família", "Jane Doe\n¿sí? 😀")


def mailer(server: MailServer, user: str = "", query: str = "") -> SmtpMailer:
    return SmtpMailer(SecretString(f"smtp://{user}127.0.0.1:{server.port}{query}"))


def cause(mailer: SmtpMailer, letter: Letter = LETTER) -> str:
    with pytest.raises(NoticeFailed) as failed:
        mailer.send(letter)
    return failed.value.cause


def test_a_letter_arrives(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        mailer(server, query="?from=desk@saas.example").send(LETTER)
    (envelope,) = server.letters
    assert envelope.rcpt_tos == ["owner@firm.example"]
    assert envelope.mail_from == "desk@saas.example"
    message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
    assert message["Subject"] == LETTER.subject
    assert message["To"] == LETTER.to
    assert message.get_content().split() == LETTER.text.split()


def test_the_right_password_opens_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    with MailServer(tmp_path, login=("desk@saas.example", "p@ss w")) as server:
        mailer(server, "desk%40saas.example:p%40ss%20w@").send(LETTER)
        assert cause(mailer(server, "desk%40saas.example:wrong@")) == "mail login refused"
    (envelope,) = server.letters
    assert envelope.mail_from == "desk@saas.example"


def test_a_certificate_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with MailServer(tmp_path, tls=True) as server:
        assert cause(mailer(server)) == "mail server failed"
    assert server.letters == []


def test_a_refusal_is_no_delivery(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        server.refuses = True
        assert cause(mailer(server)) == "mail server failed"


@pytest.mark.parametrize(
    "letter",
    [
        Letter("owner@firm.example\nBcc: mallory@evil.example", "s", "t"),
        Letter("owner@firm.example", "s\r\nBcc: mallory@evil.example", "t"),
    ],
)
def test_a_line_end_adds_no_header(tmp_path: Path, letter: Letter) -> None:
    with MailServer(tmp_path) as server:
        assert cause(mailer(server), letter) == "mail server failed"
    assert server.letters == []


def test_nobody_at_home_is_said() -> None:
    assert cause(SmtpMailer(SecretString("smtp://127.0.0.1:1"))) == "mail server failed"
    assert cause(SmtpMailer(SecretString("smtps://127.0.0.1:1"))) == "mail server failed"


def test_a_server_that_is_slow_with_each_byte_is_given_up() -> None:
    """It would hold a thread for as long as it likes, and other workers would try as well."""
    with SlowMailServer() as server, deadline.within(0.5):
        slow = SmtpMailer(SecretString(f"smtp://127.0.0.1:{server.port}"))
        assert cause(slow) == "mail server failed"
        assert server.was_left.wait(5)
