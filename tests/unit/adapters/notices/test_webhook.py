"""A webhook's POST, at a real https server."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.adapters import deadline
from app.adapters.notices.webhook import PublicWebhooks
from app.domain.notice import NoticeFailed
from tests.receivers import HttpsReceiver

BODY = '{"type":"matter.created","text":"¿sí?"}'.encode()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[HttpsReceiver]:
    with HttpsReceiver(tmp_path) as receiver:
        yield receiver


def sender(receiver: HttpsReceiver) -> PublicWebhooks:
    return PublicWebhooks(allow_loopback=True, cacert=receiver.cacert)


def cause(sender: PublicWebhooks, url: str) -> str:
    with pytest.raises(NoticeFailed) as failed:
        sender.post(url, BODY, {})
    return failed.value.cause


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_2xx_is_a_delivery(receiver: HttpsReceiver, status: int) -> None:
    receiver.answers.append(status)
    sender(receiver).post(receiver.url, BODY, {"webhook-id": "msg_1"})
    (post,) = receiver.posts
    assert (post.path, post.body) == ("/hook?team=one", BODY)
    assert post.headers["webhook-id"] == "msg_1"
    assert post.headers["host"] == f"localhost:{receiver.port}"


def test_an_address_that_cannot_be_reached_is_passed_over(receiver: HttpsReceiver) -> None:
    """As where a machine without IPv6 is given an IPv6 address first."""
    found = ["127.0.0.2", "::1", "127.0.0.1"]
    webhooks = PublicWebhooks(True, receiver.cacert, lambda _host, _port, _loopback: found)
    webhooks.post(receiver.url, BODY, {})
    assert len(receiver.posts) == 1


def test_a_host_none_of_whose_addresses_is_reached_is_a_failure(receiver: HttpsReceiver) -> None:
    webhooks = PublicWebhooks(True, receiver.cacert, lambda _host, _port, _loopback: ["127.0.0.2"])
    assert cause(webhooks, receiver.url) == "no answer"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_all_else_is_none_and_no_redirect_is_followed(receiver: HttpsReceiver, status: int) -> None:
    receiver.answers.append(status)
    assert cause(sender(receiver), receiver.url) == f"status {status}"
    assert len(receiver.posts) == 1


def test_loopback_is_refused_unless_it_is_allowed(receiver: HttpsReceiver) -> None:
    assert cause(PublicWebhooks(cacert=receiver.cacert), receiver.url) == "host not allowed"
    assert receiver.posts == []


def test_a_certificate_of_nobody_we_know_is_refused(receiver: HttpsReceiver) -> None:
    assert cause(PublicWebhooks(allow_loopback=True), receiver.url) == "certificate"
    assert receiver.posts == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    with HttpsReceiver(tmp_path, name="another.example") as receiver:
        assert cause(sender(receiver), receiver.url) == "certificate"
        assert receiver.posts == []


def test_who_never_answers_is_given_up(receiver: HttpsReceiver) -> None:
    go_on = threading.Event()
    receiver.answers.append(lambda _: go_on.wait(30) and None)
    with deadline.within(0.5):
        assert cause(sender(receiver), receiver.url) in ("timed out", "no answer")
    go_on.set()


def test_a_long_answer_is_not_read(receiver: HttpsReceiver) -> None:
    def pours(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            while True:
                handler.wfile.write(b"x" * 65536)

    receiver.answers.append(pours)
    sender(receiver).post(receiver.url, BODY, {})


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_status_is_enough(receiver: HttpsReceiver, coding: str) -> None:
    """A body that does not end, or cannot be unpacked, would make the notice come again."""
    go_on = threading.Event()

    def begins(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", coding)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"no gzip")
        handler.wfile.flush()
        go_on.wait(30)

    receiver.answers.append(begins)
    with deadline.within(0.5):
        sender(receiver).post(receiver.url, BODY, {})
    go_on.set()


def test_nobody_at_home_is_no_answer() -> None:
    assert cause(PublicWebhooks(allow_loopback=True), "https://127.0.0.1:1/hook") == "no answer"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/hook",
        "https:///hook",
        "https://user:word@localhost/hook",
        "https://localhost:99999/hook",
        "https://localhost:port/hook",
        "https://[::1/hook",
        "https://localhost/a\nb",
        "https://l\u00f6calhost/hook",
        "ftp://localhost/hook",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_is_no_https_url_is_refused(url: str) -> None:
    assert cause(PublicWebhooks(allow_loopback=True), url) == "bad URL"
