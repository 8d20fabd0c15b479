"""Rows 25 to 33 of the faults, for real: what the client sees, and what Blawby has."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faults import tcp_proxy as tcp
from tests.faults.blawby_stage import PENDING, BlawbyStage, fallback
from tests.faults.tcp_proxy import Behaviour, TcpProxy
from tests.leaks import Canaries
from tests.rig import COMPLETE, Caller, Sandbox, Service

UNAVAILABLE = fallback("blawby_unavailable")


@pytest.fixture
def blawby(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[BlawbyStage]:
    with BlawbyStage(service, sandbox, canaries, tmp_path) as stage:
        yield stage


def is_invoice(payment: dict[str, Any], blawby: BlawbyStage) -> bool:
    (invoice,) = blawby.rows("invoices")
    return payment == {
        "method": "blawby_api",
        "reason": None,
        "invoiceUrl": invoice["payment_link"],
        "paymentId": str(invoice["id"]),
        "amount": "75.00",
        "currency": "USD",
    }


def test_all_is_well(blawby: BlawbyStage) -> None:
    first = blawby.pay(sessionId="s-1")
    assert is_invoice(first, blawby)
    assert blawby.pay(sessionId="s-1") == first
    blawby.wait_for("memos")
    assert [blawby.calls(call) for call in ("search", "customer", "memo", "invoice")] == [1] * 4


# --- row 25 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [tcp.resets, tcp.closes])
def test_25_a_reset_is_a_fallback_and_the_repeat_an_invoice(
    blawby: BlawbyStage, behaviour: Behaviour
) -> None:
    blawby.proxy.always("/customers", behaviour)
    assert blawby.pay() == UNAVAILABLE
    assert blawby.proxy.count("/customers") == 3
    assert blawby.calls("search") == 0
    blawby.proxy.heal()
    assert is_invoice(blawby.pay(), blawby)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://blawby.invalid"])
def test_25_down_or_no_such_host_is_a_fallback(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path, url: str
) -> None:
    with BlawbyStage(service, sandbox, canaries, tmp_path, blawby_api_url=url) as blawby:
        assert blawby.pay() == UNAVAILABLE
        assert blawby.pay() == UNAVAILABLE
        assert blawby.rows("calls") == []


def test_25_what_was_refused_may_be_tried_again(blawby: BlawbyStage) -> None:
    blawby.fault("customer", "status", status=422, times=1)
    assert blawby.pay() == UNAVAILABLE
    assert is_invoice(blawby.pay(), blawby)


# --- row 26 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [tcp.is_silent, tcp.commits_then_drips])
def test_26_a_slow_search_is_a_fallback_and_not_repeated(
    blawby: BlawbyStage, behaviour: Behaviour
) -> None:
    blawby.proxy.always("/customers", behaviour)
    assert blawby.pay() == UNAVAILABLE
    assert blawby.proxy.count("/customers") == 1


@pytest.mark.parametrize("behaviour", [tcp.is_silent, tcp.resets])
def test_26_a_memo_costs_no_invoice(blawby: BlawbyStage, behaviour: Behaviour) -> None:
    """Neither its own nor, by an open breaker, those of others."""
    blawby.intakes = 12
    blawby.proxy.always("/memos", behaviour)
    for visit in range(12):
        assert blawby.pay(sessionId=f"s-{visit}")["method"] == "blawby_api"


def test_26_all_slow_within_the_deadline(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> None:
    """Each call alone is quick enough, and all of them are not: no invoice is asked for."""
    patience = {"blawby_timeout": 30.0, "agent_deadline": 8.0}
    with BlawbyStage(service, sandbox, canaries, tmp_path, **patience) as blawby:
        blawby.fault("any", "slow", seconds=2.4, times=None)
        assert blawby.pay() == UNAVAILABLE
        assert blawby.calls("invoice") == 0


# --- row 27 -----------------------------------------------------------------------------------


def test_27_a_failing_search_is_repeated_twice(blawby: BlawbyStage) -> None:
    blawby.fault("search", "status", status=500)
    assert blawby.pay() == UNAVAILABLE
    assert blawby.calls("search") == 3


def test_27_a_search_that_fails_twice_is_none_the_worse(blawby: BlawbyStage) -> None:
    blawby.fault("search", "status", status=503, times=2)
    assert is_invoice(blawby.pay(), blawby)


@pytest.mark.parametrize("when", ["before", "after"])
def test_27_a_failing_invoice_is_asked_for_once(blawby: BlawbyStage, when: str) -> None:
    blawby.fault("invoice", "status", status=500, when=when)
    assert blawby.pay() == PENDING
    assert blawby.pay() == PENDING
    assert blawby.calls("invoice") == 1
    assert len(blawby.rows("invoices")) == (when == "after")


def test_27_a_failing_customer_is_asked_for_once_and_looked_up(blawby: BlawbyStage) -> None:
    blawby.fault("customer", "status", status=500, when="after")
    assert is_invoice(blawby.pay(), blawby)
    assert [blawby.calls("customer"), blawby.calls("search")] == [1, 2]


# --- row 28 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["search", "customer", "invoice"])
def test_28_asked_to_wait_means_waiting(blawby: BlawbyStage, call: str) -> None:
    blawby.fault(call, "status", status=429, retryAfter=60, times=1)
    assert blawby.pay() == fallback("rate_limited")
    asked = len(blawby.rows("calls"))
    assert blawby.pay(sessionId="another") == fallback("rate_limited")
    assert blawby.pay() == fallback("rate_limited")
    assert len(blawby.rows("calls")) == asked


def test_28_another_team_need_not_wait(blawby: BlawbyStage) -> None:
    blawby.fault("search", "status", status=429, retryAfter=60, times=1)
    blawby.pay()
    other = blawby.stage.team().with_key()
    assert blawby.pay(other)["method"] == "blawby_api"


# --- row 29 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("call", ["search", "invoice"])
def test_29_a_refused_key_is_flagged_and_not_tried_again(
    blawby: BlawbyStage, status: int, call: str
) -> None:
    blawby.fault(call, "status", status=status)
    assert blawby.pay() == fallback("key_rejected")
    asked = len(blawby.rows("calls"))
    assert blawby.pay(sessionId="another") == fallback("key_rejected")
    assert blawby.pay() == fallback("key_rejected")
    assert len(blawby.rows("calls")) == asked


def test_29_a_new_key_is_tried_at_once(blawby: BlawbyStage) -> None:
    blawby.fault("search", "status", status=401, times=1)
    assert blawby.pay() == fallback("key_rejected")
    body = {"apiKey": blawby.key, "teamUlid": blawby.team.ulid}
    assert blawby.stage.operator.put(blawby.team.secret, json=body).status_code == 200
    assert is_invoice(blawby.pay(), blawby)


def test_29_a_firewalls_403_says_nothing_about_the_key(blawby: BlawbyStage) -> None:
    blawby.proxy.on("/customers", _firewall)
    assert blawby.pay() == UNAVAILABLE
    assert is_invoice(blawby.pay(), blawby)


def _firewall(exchange: tcp.Exchange) -> None:
    exchange.answer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n<html>")


# --- row 30 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cut", "half", "html", "types", "huge"])
def test_30_nonsense_for_a_search_is_a_fallback(blawby: BlawbyStage, kind: str) -> None:
    blawby.fault("search", kind)
    assert blawby.pay() == UNAVAILABLE
    assert blawby.rows("invoices") == []


@pytest.mark.parametrize("kind", ["cut", "half", "html", "types", "huge"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_30_nonsense_for_an_invoice_is_pending(blawby: BlawbyStage, kind: str, when: str) -> None:
    blawby.fault("invoice", kind, when=when)
    assert blawby.pay() == PENDING
    assert blawby.pay() == PENDING
    assert blawby.calls("invoice") == 1


@pytest.mark.parametrize(
    "data",
    [
        {"id": 7, "amount_due": 75},
        {"id": 7, "amount_due": 75, "payment_link": "http://app.blawby.com/pay"},
        {"id": 7, "amount_due": 75, "payment_link": "http://127.0.0.1.example.com/pay"},
        {"id": 7, "amount_due": 75, "payment_link": "ftp://127.0.0.1/pay"},
        {"id": 7, "amount_due": 75, "payment_link": "https://[::1/pay"},
        {"id": 7, "amount_due": 75, "payment_link": "javascript:alert(1)"},
        {"id": None, "amount_due": 75, "payment_link": "https://app.blawby.com/pay"},
        {"id": "../7", "amount_due": 75, "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": "much", "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": "NaN", "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": -75, "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": True, "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": 75.01, "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": 7500, "payment_link": "https://app.blawby.com/pay"},
        {"id": 7, "amount_due": 75, "currency": "EUR", "payment_link": "https://a.example/pay"},
        {"id": 7, "amount_due": 75, "customer_id": -1, "payment_link": "https://a.example/pay"},
    ],
)
def test_30_an_invoice_that_is_not_what_was_asked_for_is_no_link(
    blawby: BlawbyStage, data: dict[str, Any]
) -> None:
    blawby.fault("invoice", "body", body={"message": "created", "data": data})
    assert blawby.pay() == PENDING
    assert blawby.pay() == PENDING
    assert blawby.calls("invoice") == 1


# --- row 31 -----------------------------------------------------------------------------------

LOST = [
    tcp.commits_then_is_silent,
    tcp.commits_then_resets,
    tcp.commits_then_closes,
    tcp.commits_then_cuts,
    tcp.commits_then_resets_halfway,
    tcp.commits_then_drips,
]


@pytest.mark.parametrize("behaviour", LOST)
def test_31_committed_and_then_lost_is_one_invoice_and_pending(
    blawby: BlawbyStage, behaviour: Behaviour
) -> None:
    blawby.proxy.on("/invoice ", behaviour)
    assert blawby.pay() == PENDING
    assert blawby.pay() == PENDING
    assert len(blawby.rows("invoices")) == 1
    assert blawby.proxy.count("/invoice ") == 1


@pytest.mark.parametrize("behaviour", LOST)
def test_31_where_blawby_honours_the_key_the_repeat_finds_the_invoice(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path, behaviour: Behaviour
) -> None:
    with BlawbyStage(service, sandbox, canaries, tmp_path, blawby_idempotent=True) as blawby:
        blawby.proxy.on("/invoice ", behaviour)
        assert blawby.pay() == PENDING
        assert is_invoice(blawby.pay(), blawby)


@pytest.mark.parametrize("behaviour", LOST)
def test_31_a_customer_committed_and_then_lost_is_one_customer(
    blawby: BlawbyStage, behaviour: Behaviour
) -> None:
    blawby.proxy.on("/customer ", behaviour)
    assert is_invoice(blawby.pay(), blawby)
    assert len(blawby.rows("customers")) == 1


# --- row 32 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "status", "payment"),
    [
        ("search", 302, UNAVAILABLE),
        ("search", 307, UNAVAILABLE),
        ("customer", 302, UNAVAILABLE),
        ("invoice", 302, PENDING),
        ("invoice", 303, PENDING),
        ("invoice", 307, UNAVAILABLE),
        ("invoice", 308, UNAVAILABLE),
    ],
)
def test_32_a_redirect_is_not_followed(
    blawby: BlawbyStage, call: str, status: int, payment: dict[str, Any]
) -> None:
    with TcpProxy() as elsewhere:
        blawby.fault(call, "redirect", location=f"{elsewhere.url}/", status=status)
        assert blawby.pay() == payment
        assert elsewhere.accepted == 0


# --- row 33 -----------------------------------------------------------------------------------


@pytest.fixture
def patient(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[BlawbyStage]:
    patience = {"blawby_timeout": 20.0, "agent_deadline": 60.0}
    with BlawbyStage(service, sandbox, canaries, tmp_path, **patience) as stage:
        yield stage


def test_33_twenty_at_once_are_one_customer_and_one_invoice(patient: BlawbyStage) -> None:
    blawby = patient
    gate = threading.Barrier(20)
    message = {"role": "user", "content": COMPLETE}
    body = {"teamId": blawby.team.team_id, "sessionId": "s-1", "messages": [message]}

    def send(_: int) -> dict[str, Any]:
        caller = Caller(blawby.stage.app.test_client())
        gate.wait()
        payment: dict[str, Any] = caller.post("/api/agent", json=body).json["data"]["payment"]
        return payment

    with ThreadPoolExecutor(20) as threads:
        payments = list(threads.map(send, range(20)))
    assert all(is_invoice(payment, blawby) for payment in payments)
    blawby.wait_for("memos")
    assert [len(blawby.rows(kind)) for kind in ("customers", "memos", "invoices")] == [1, 1, 1]
    assert is_invoice(blawby.pay(sessionId="s-1"), blawby)


def test_33_near_matches_are_not_the_client(blawby: BlawbyStage) -> None:
    for email in ("xjane@example.com", "jane@example.com.au"):
        near = {"team": blawby.team.ulid, "name": "Near", "email": email, "phone": None}
        blawby.sandbox.admin("POST", "customers", json=near)
    assert is_invoice(blawby.pay(), blawby)
    assert [row["email"] for row in blawby.rows("customers")][2:] == ["jane@example.com"]
    assert blawby.rows("invoices")[0]["customer_id"] == blawby.rows("customers")[2]["id"]
