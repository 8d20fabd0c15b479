"""Streamed turns under gunicorn: pieces come while others are waited for, and clients leave."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.events import read_events
from tests.faults import tcp_proxy as tcp
from tests.faults.blawby_stage import BlawbyStage
from tests.faults.gunicorn import Gunicorn
from tests.faults.test_blawby_worker import send, wait_for_invoice
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service


@pytest.fixture
def blawby(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[BlawbyStage]:
    with BlawbyStage(service, sandbox, canaries, tmp_path / "cache") as stage:
        yield stage


@pytest.fixture
def gunicorn(blawby: BlawbyStage, tmp_path: Path) -> Iterator[Gunicorn]:
    service = replace(blawby.stage.service, blawby_url=blawby.proxy.url)
    with Gunicorn(service, tmp_path, AGENT_DEADLINE="60", BLAWBY_TIMEOUT="60") as server:
        yield server
    blawby.stage.canaries.keep("gunicorn", server.log.read_bytes())


class Waiting:
    """Blawby's invoice call, held until it is let go on."""

    def __init__(self, blawby: BlawbyStage) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()
        blawby.proxy.on("/invoice ", self._hold)

    def _hold(self, exchange: tcp.Exchange) -> None:
        self.asked.set()
        assert self.go_on.wait(60)
        tcp.passes(exchange)


def begin(gunicorn: Gunicorn, blawby: BlawbyStage, session: str = "s-1") -> requests.Response:
    body = {
        "teamId": blawby.team.team_id,
        "sessionId": session,
        "messages": [{"role": "user", "content": COMPLETE}],
    }
    url = f"{gunicorn.url}/api/agent/stream"
    return requests.post(url, json=body, timeout=60, stream=True)


def events_of(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    """One by one, as they arrive."""
    return read_events(answer.iter_lines(chunk_size=1))


def test_pieces_arrive_while_the_rest_is_waited_for(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    waiting = Waiting(blawby)
    answer = begin(gunicorn, blawby)
    assert answer.status_code == requests.codes.ok
    events = events_of(answer)
    assert next(events)[0] == "connected"
    assert next(events)[0] == "tool_call"
    assert waiting.asked.wait(30)
    waiting.go_on.set()
    rest = list(events)
    assert [name for name, _ in rest][-2:] == ["final", "complete"]
    assert dict(rest)["final"]["data"]["payment"]["method"] == "blawby_api"


def test_a_client_that_leaves_does_not_stop_an_invoice_that_was_begun(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    """And whoever sends the same conversation again is given that very invoice."""
    waiting = Waiting(blawby)
    answer = begin(gunicorn, blawby)
    assert waiting.asked.wait(30)
    answer.close()
    waiting.go_on.set()
    wait_for_invoice(blawby)
    payment = send(gunicorn, blawby)
    while payment["method"] == "pending":
        payment = send(gunicorn, blawby)
    [invoice] = blawby.rows("invoices")
    assert payment["paymentId"] == str(invoice["id"])


def test_streams_leave_threads_for_all_other_requests(
    blawby: BlawbyStage, gunicorn: Gunicorn
) -> None:
    """More streams than a worker has threads, each for as long as Blawby hangs: those that find
    no place are told so at once, and plain requests are answered beside them."""
    blawby.intakes = 100
    blawby.proxy.always("/customers", tcp.is_silent)
    answers = [begin(gunicorn, blawby, f"s-{number}") for number in range(70)]
    refused = [answer for answer in answers if answer.status_code != requests.codes.ok]
    assert refused
    for answer in refused:
        assert answer.status_code == requests.codes.too_many_requests
        assert answer.json()["errorCode"] == "rate_limited"
        assert int(answer.headers["Retry-After"]) > 0
    assert len(refused) < len(answers)
    for _ in range(10):
        assert requests.get(f"{gunicorn.url}/healthz", timeout=30).status_code == requests.codes.ok
    blawby.proxy.heal()
    for answer in answers:
        answer.close()
