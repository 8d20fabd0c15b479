"""The client of Blawby alone: what it sends, what it reads, and what a hanging Blawby may cost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.blawby.guards import GuardRules
from app.adapters.deadline import within
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.payment import InvoiceDraft
from app.domain.secret import SecretString
from app.errors import (
    BlawbyRateLimited,
    BlawbyUnavailable,
    KeyRejected,
    OutcomeUnknown,
    UpstreamFailure,
)
from app.ports import PaymentsGateway
from tests.faults import tcp_proxy as tcp
from tests.faults.tcp_proxy import Behaviour, Exchange, TcpProxy
from tests.rig import Sandbox, new_ulid

KEY = "good-key-0001"
JANE = Client("Jane Doe", "jane@example.com", "+19198296000")
DRAFT = InvoiceDraft("1", Decimal("75.00"), "Consultation fee")


def gateway(
    url: str, team: str | None = None, gateways: BlawbyGateways | None = None
) -> PaymentsGateway:
    ulid = TeamUlid.parse(team or new_ulid())
    opened = gateways or BlawbyGateways(url, timeout=1.0)
    return opened.open(TeamId.parse(ulid), ulid, SecretString(KEY))


@pytest.fixture
def proxy(sandbox: Sandbox) -> Iterator[TcpProxy]:
    with TcpProxy(sandbox.url) as proxy:
        yield proxy


def answers(status: str, body: bytes = b"{}", *headers: str) -> Behaviour:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]

    def behaviour(exchange: Exchange) -> None:
        exchange.answer("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    return behaviour


# --- what it sends ----------------------------------------------------------------------------


def test_neither_netrc_nor_proxies_of_the_environment_are_used(
    proxy: TcpProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert gateway(proxy.url).verify() is True
    assert f"Authorization: Bearer {KEY}\r\n".encode() in proxy.exchanges[0].request


def test_no_cookie_is_kept_for_the_next_team(proxy: TcpProxy) -> None:
    """One thread's Session serves many teams, and Laravel sets a session cookie."""
    cookie = "Set-Cookie: laravel_session=of-one-team; path=/"
    proxy.always("GET", answers("200 OK", b"{}", cookie))
    gateways = BlawbyGateways(proxy.url)
    gateway(proxy.url, gateways=gateways).verify()
    gateway(proxy.url, gateways=gateways).verify()
    assert len(proxy.exchanges) == 2
    assert all(b"cookie" not in one.request.lower() for one in proxy.exchanges)


# --- what it reads ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        ("401 Unauthorized", b"", KeyRejected),
        ("403 Forbidden", b'{"message": "no"}', KeyRejected),
        ("403 Forbidden", b"<html>", BlawbyUnavailable),
        ("404 Not Found", b"{}", BlawbyUnavailable),
        ("405 Method Not Allowed", b"{}", BlawbyUnavailable),
        ("408 Request Timeout", b"{}", BlawbyUnavailable),
        ("409 Conflict", b"{}", OutcomeUnknown),
        ("413 Payload Too Large", b"{}", BlawbyUnavailable),
        ("422 Unprocessable", b'{"errors": {"customer_id": ["no"]}}', BlawbyUnavailable),
        ("429 Too Many Requests", b"", BlawbyRateLimited),
        ("200 OK", b"", OutcomeUnknown),
        ("201 Created", b"null", OutcomeUnknown),
        ("202 Accepted", b"[]", OutcomeUnknown),
        ("204 No Content", b"", OutcomeUnknown),
        ("200 OK", b"[" * 100_000, OutcomeUnknown),
        ("200 OK", b'{"data": {"id": 1, "amount_due": NaN}}', OutcomeUnknown),
        ("200 OK", b'{"data": {"id": ' + b"9" * 5000 + b"}}", OutcomeUnknown),
        ("200 OK", b"\xff\xfe\x00", OutcomeUnknown),
        ("302 Found", b"", OutcomeUnknown),
        ("304 Not Modified", b"", OutcomeUnknown),
        ("307 Temporary Redirect", b"", BlawbyUnavailable),
        ("500 Internal Server Error", b"{}", OutcomeUnknown),
        ("502 Bad Gateway", b"<html>", OutcomeUnknown),
        ("503 Service Unavailable", b"", OutcomeUnknown),
        ("999 What", b"", OutcomeUnknown),
    ],
)
def test_what_a_status_means_for_an_invoice(
    proxy: TcpProxy, status: str, body: bytes, error: type[Exception]
) -> None:
    proxy.always("/invoice", answers(status, body))
    with pytest.raises(error) as raised:
        gateway(proxy.url).create_invoice(DRAFT, "k")
    assert issubclass(error, OutcomeUnknown) == isinstance(raised.value, OutcomeUnknown)
    assert len(proxy.exchanges) == 1
    assert proxy.exchanges[0].request.lower().count(b"idempotency-key: k\r\n") == 1


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"errors": {"phone": ["no"]}}', b'{"errors": ["email taken"]}']
)
def test_a_customer_who_is_refused_for_another_reason_is_not_looked_for(
    proxy: TcpProxy, body: bytes
) -> None:
    proxy.always("/customer ", answers("422 Unprocessable", body))
    with pytest.raises(BlawbyUnavailable):
        gateway(proxy.url).create_customer(JANE, "k")
    assert len(proxy.exchanges) == 1


def test_a_customer_who_is_taken_and_not_found_is_not_made(proxy: TcpProxy) -> None:
    """Somebody else's, perhaps: the address is unique in more than one account."""
    taken = b'{"message": "The email has already been taken."}'
    proxy.always("/customer ", answers("422 Unprocessable", taken))
    with pytest.raises(BlawbyUnavailable):
        gateway(proxy.url).create_customer(JANE, "k")
    assert len(proxy.exchanges) == 2


def test_a_memo_that_is_refused_says_so(proxy: TcpProxy) -> None:
    proxy.always("/memos", answers("422 Unprocessable"))
    with pytest.raises(BlawbyUnavailable):
        gateway(proxy.url).add_memo("1", "memo", datetime(2026, 5, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH\r\n", b"\x00" * 100, b"HTTP/9.9 x y\r\n\r\n"]
)
def test_what_is_no_http_may_have_been_done(proxy: TcpProxy, garbage: bytes) -> None:
    proxy.always("/invoice", lambda exchange: exchange.answer(garbage))
    with pytest.raises(OutcomeUnknown):
        gateway(proxy.url).create_invoice(DRAFT, "k")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://blawby.invalid", "http://[nonsense"])
def test_what_was_never_sent_was_surely_not_done(url: str) -> None:
    with pytest.raises(BlawbyUnavailable):
        gateway(url).create_invoice(DRAFT, "k")


def test_nothing_is_sent_when_the_time_is_up(proxy: TcpProxy) -> None:
    with within(0.0), pytest.raises(BlawbyUnavailable):
        gateway(proxy.url).create_invoice(DRAFT, "k")
    assert proxy.accepted == 0


@pytest.mark.parametrize(
    "location", ["http://[nonsense", "gopher://a", "http://\xff", "//", "http://a:99999999/", ""]
)
def test_where_a_redirect_points_to_is_not_even_looked_at(proxy: TcpProxy, location: str) -> None:
    """requests parses it also where it does not follow, and its error looks like an unsent one."""
    proxy.always("POST", answers("302 Found", b"", f"Location: {location}"))
    with pytest.raises(OutcomeUnknown):
        gateway(proxy.url).create_invoice(DRAFT, "k")


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "401 Unauthorized", "500 No"])
def test_a_body_without_end_costs_no_more_than_its_first_megabyte(
    proxy: TcpProxy, status: str
) -> None:
    proxy.always("POST", lambda exchange: tcp.floods(exchange, status))
    with pytest.raises((UpstreamFailure, KeyRejected)):
        gateway(proxy.url).create_invoice(DRAFT, "k")
    (exchange,) = proxy.exchanges
    assert exchange.sent < 25_000_000, "the rest filled the system's buffers, and nobody read it"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("60", 60),
        ("0", 1),
        ("999999999999", 3600),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 1),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 3600),
        ("soon", 60),
        ("-5", 60),
        ("", 60),
    ],
)
def test_retry_after_is_read_within_reason(proxy: TcpProxy, told: str, seconds: int) -> None:
    proxy.always("GET", answers("429 Too Many Requests", b"", f"Retry-After: {told}"))
    with pytest.raises(BlawbyRateLimited) as raised:
        gateway(proxy.url).find_customer("jane@example.com")
    assert raised.value.retry_after == seconds


# --- what a hanging Blawby may cost -----------------------------------------------------------


@pytest.mark.parametrize("queue", [0, 1])
def test_calls_beyond_the_slots_fail_at_once_and_are_not_sent(proxy: TcpProxy, queue: int) -> None:
    proxy.always("GET", tcp.is_silent)
    rules = GuardRules(slots=2, queue=queue, patience=0.01)
    gateways = BlawbyGateways(proxy.url, timeout=60.0, guards=rules)
    with ThreadPoolExecutor(2) as threads:
        hanging = [threads.submit(gateway(proxy.url, gateways=gateways).verify) for _ in range(2)]
        proxy.wait_for("GET", 2)
        for _ in range(40):
            with pytest.raises(BlawbyUnavailable):
                gateway(proxy.url, gateways=gateways).create_invoice(DRAFT, "k")
        assert proxy.accepted == 2
        proxy.heal()
        assert all(call.result(30) for call in hanging)


def test_a_call_waits_a_little_for_a_slot(proxy: TcpProxy) -> None:
    rules = GuardRules(slots=1, queue=1, patience=30.0)
    gateways = BlawbyGateways(proxy.url, timeout=30.0, guards=rules)
    gate = threading.Event()

    def is_held(exchange: Exchange) -> None:
        gate.wait(30)
        tcp.passes(exchange)

    proxy.on("GET", is_held)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(gateway(proxy.url, gateways=gateways).verify)
        proxy.wait_for("GET")
        second = threads.submit(gateway(proxy.url, gateways=gateways).verify)
        gate.set()
        assert first.result(60)
        assert second.result(60)


def test_calls_do_not_wait_for_each_other(proxy: TcpProxy) -> None:
    """They would if a breaker's lock were held during a call."""
    gate = threading.Barrier(6)

    def meets_the_others(exchange: Exchange) -> None:
        gate.wait(30)
        tcp.passes(exchange)

    proxy.always("GET", meets_the_others)
    gateways = BlawbyGateways(proxy.url, timeout=30.0, guards=GuardRules(slots=6))
    team = new_ulid()
    with ThreadPoolExecutor(6) as threads:
        calls = [threads.submit(gateway(proxy.url, team, gateways).verify) for _ in range(6)]
        assert all(call.result(40) for call in calls)


def fail(times: int, opened: PaymentsGateway) -> None:
    for _ in range(times):
        with pytest.raises(UpstreamFailure):
            opened.create_invoice(DRAFT, "k")


def test_a_team_that_fails_again_and_again_is_not_tried_for_a_while(proxy: TcpProxy) -> None:
    rules = GuardRules(failures_of_team=3, breaker_seconds=3600)
    gateways = BlawbyGateways(proxy.url, timeout=1.0, guards=rules)
    proxy.always("POST", answers("500 Internal Server Error"))
    failing = gateway(proxy.url, gateways=gateways)
    fail(3, failing)
    fail(5, failing)
    assert len(proxy.exchanges) == 3
    assert gateway(proxy.url, gateways=gateways).verify() is True


def test_one_teams_errors_do_not_stop_everybody(proxy: TcpProxy) -> None:
    rules = GuardRules(failures_of_team=100, failures_of_all=3, breaker_seconds=3600)
    gateways = BlawbyGateways(proxy.url, timeout=1.0, guards=rules)
    proxy.always("POST", answers("500 Internal Server Error"))
    fail(10, gateway(proxy.url, gateways=gateways))
    assert gateways.state() == "ok"


def test_a_blawby_that_is_not_reached_is_not_tried_for_a_while_and_then_once(
    proxy: TcpProxy,
) -> None:
    rules = GuardRules(failures_of_all=3, breaker_seconds=0.2)
    gateways = BlawbyGateways(proxy.url, timeout=1.0, guards=rules)
    proxy.always("POST", tcp.resets)
    for _ in range(3):
        fail(1, gateway(proxy.url, gateways=gateways))
    assert gateways.state() == "unavailable"
    proxy.heal()
    opened = gateway(proxy.url, gateways=gateways)
    while True:
        try:
            assert opened.verify() is True
            break
        except BlawbyUnavailable:
            threading.Event().wait(0.05)
    assert gateways.state() == "ok"


def test_a_refused_key_and_a_pause_do_not_open_the_breaker(proxy: TcpProxy) -> None:
    rules = GuardRules(failures_of_team=2, failures_of_all=2, breaker_seconds=3600)
    gateways = BlawbyGateways(proxy.url, timeout=1.0, guards=rules)
    proxy.always("POST", answers("401 Unauthorized"))
    opened = gateway(proxy.url, gateways=gateways)
    for _ in range(5):
        with pytest.raises(KeyRejected):
            opened.create_invoice(DRAFT, "k")
    assert len(proxy.exchanges) == 5
