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
from tests.faults.gunicorn import PATIENCE, Gunicorn
from tests.faults.test_blawby_worker import send, wait_for_invoice
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service
from tests.waiting import eventually


@pytest.fixture
def blawby(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[BlawbyStage]:
    with BlawbyStage(service, sandbox, canaries, tmp_path / "cache") as stage:
        yield stage


@pytest.fixture
def gunicorn(blawby: BlawbyStage, tmp_path: Path) -> Iterator[Gunicorn]:
    service = replace(blawby.stage.service, blawby_url=blawby.proxy.url)
    with Gunicorn(service, tmp_path, **PATIENCE) as server:
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


def test_streams_hold_none_of_the_threads_that_serve(blawby: BlawbyStage, tmp_path: Path) -> None:
    """As many streams as there are threads, each for as long as Blawby hangs. Streams that find no
    place are refused at once."""
    blawby.intakes = 12
    blawby.proxy.always("/customers", tcp.is_silent)
    service = replace(blawby.stage.service, blawby_url=blawby.proxy.url)
    settings = dict.fromkeys(("WORKER_THREADS", "STREAM_CONCURRENCY", "BLAWBY_CONCURRENCY"), "8")
    with Gunicorn(service, tmp_path, **settings, **PATIENCE) as gunicorn:
        answers = [begin(gunicorn, blawby, f"s-{number}") for number in range(12)]
        opened, refused = answers[:8], answers[8:]
        assert {answer.status_code for answer in opened} == {200}
        assert {next(events_of(answer))[0] for answer in opened} == {"connected"}
        for answer in refused:
            assert answer.status_code == requests.codes.too_many_requests
            assert answer.json()["errorCode"] == "rate_limited"
            assert int(answer.headers["Retry-After"]) > 0
        health = requests.get(f"{gunicorn.url}/healthz", timeout=30)
        assert health.status_code == requests.codes.ok
        for answer in opened:
            answer.close()
        blawby.proxy.heal()
        eventually(lambda: begin(gunicorn, blawby, "s-0").status_code == requests.codes.ok)


def test_a_connection_is_kept_after_a_stream(blawby: BlawbyStage, gunicorn: Gunicorn) -> None:
    with requests.Session() as session:
        for number in range(3):
            body = {
                "teamId": blawby.team.team_id,
                "messages": [{"role": "user", "content": f"Hello {number}"}],
            }
            answer = session.post(f"{gunicorn.url}/api/agent/stream", json=body, timeout=60)
            assert answer.content.endswith(b"event: complete\ndata: {}\n\n")
            assert "close" not in answer.headers.get("Connection", "")
        assert session.get(f"{gunicorn.url}/healthz", timeout=60).ok
