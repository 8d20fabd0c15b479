"""Spans for an OpenTelemetry collector, from gunicorn, as the collector gets them."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import COMPLETE, Sandbox, Service, Stage, TeamOnStage
from vault.ports import free_port

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CLIENT = ("Jane", "Charlotte", "jane@example.com", "divorce")
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


class Collector:
    """Keeps the bodies that are posted to it."""

    def __init__(self, canaries: Canaries) -> None:
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                canaries.keep("collector", body)
                collector.paths.add(self.path)
                collector.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def spans(self) -> list[Any]:
        told = (ExportTraceServiceRequest.FromString(body) for body in self.bodies)
        resources = (resource for each in told for resource in each.resource_spans)
        scopes = (scope for resource in resources for scope in resource.scope_spans)
        return [span for scope in scopes for span in scope.spans]


@pytest.fixture
def collector(canaries: Canaries) -> Iterator[Collector]:
    it = Collector(canaries)
    threading.Thread(target=it.server.serve_forever, daemon=True).start()
    yield it
    it.server.shutdown()
    it.server.server_close()


@contextmanager
def traced(service: Service, directory: Path, endpoint: str) -> Iterator[Gunicorn]:
    with Gunicorn(service, directory, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as server:
        yield server


def finish(server: Gunicorn, team: TeamOnStage, path: str = "/api/agent") -> requests.Response:
    body = {
        "teamId": team.team_id,
        "sessionId": uuid4().hex,
        "messages": [{"role": "user", "content": COMPLETE}],
    }
    headers = {"traceparent": TRACEPARENT}
    answer = requests.post(server.url + path, json=body, headers=headers, timeout=60)
    assert answer.status_code == requests.codes.ok, answer.text
    return answer


def attributes(span: Any) -> dict[str, Any]:
    return {it.key: getattr(it.value, it.value.WhichOneof("value")) for it in span.attributes}


@pytest.mark.parametrize("path", ["/api/agent", "/api/agent/stream"])
def test_a_turn_is_a_span_with_its_calls_below(
    stage: Stage, team: TeamOnStage, sandbox: Sandbox, collector: Collector, tmp_path: Path,
    path: str,
) -> None:  # fmt: skip
    team.with_key()
    with traced(replace(stage.service, blawby_url=sandbox.url), tmp_path, collector.url) as server:
        answer = finish(server, team, path)
    # What was not sent yet is sent at the end of a worker.
    spans = [span for span in collector.spans() if span.trace_id.hex() == TRACE]
    [turn] = [span for span in spans if span.parent_span_id.hex() == PARENT]
    assert turn.name == f"POST {path}"
    told = attributes(turn)
    assert told["http.response.status_code"] == requests.codes.ok
    assert told["request_id"] == answer.headers["X-Request-ID"]
    below = {span.name for span in spans if span.parent_span_id == turn.span_id}
    assert {"vault kv_read", "blawby find_customer", "blawby create_invoice"} <= below
    calls = [span for span in spans if span.parent_span_id == turn.span_id]
    assert {attributes(span)["outcome"] for span in calls} <= {"ok", "absent"}
    for span in calls:
        assert turn.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= turn.end_time_unix_nano
    request_id = told["request_id"]
    sent = [call for call in sandbox.admin("GET", "calls") if call["requestId"] == request_id]
    assert {call["traceparent"] for call in sent} == {f"00-{TRACE}-{turn.span_id.hex()}-01"}
    assert collector.paths == {"/v1/traces"}


def test_no_client_and_no_team_is_in_a_span(
    stage: Stage, team: TeamOnStage, collector: Collector, tmp_path: Path
) -> None:
    team.with_key()
    strange = uuid4().hex
    with traced(stage.service, tmp_path, collector.url) as server:
        finish(server, team)
        headers = {"Authorization": f"Bearer {strange}", "User-Agent": strange}
        for method in ("GET", "DELETE", strange[:8].upper()):
            path = f"/api/team-secrets/{team.team_id}?verify={strange}"
            requests.request(method, server.url + path, headers=headers, timeout=60)
            requests.request(method, f"{server.url}/{strange}", headers=headers, timeout=60)
    everything = b"".join(collector.bodies)
    assert b"GET /api/team-secrets/<team_id:team_id>" in everything
    assert b"other none" in everything
    for private in (team.team_id, strange, strange[:8].upper(), *CLIENT):
        assert private.encode() not in everything


def test_a_failure_of_ours_is_an_error(
    stage: Stage, team: TeamOnStage, collector: Collector, tmp_path: Path
) -> None:
    nobody = replace(stage.service, blawby_url=f"http://127.0.0.1:{free_port()}")
    team.with_key()
    with traced(nobody, tmp_path, collector.url) as server:
        url = f"{server.url}/api/team-secrets/{team.team_id}/verify"
        token = team.stage.staff_token("operator")
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.post(url, headers=headers, timeout=60).status_code == 503
    failed = [
        span for span in collector.spans() if span.status.code == span.status.STATUS_CODE_ERROR
    ]
    assert [span.name for span in failed] == ["POST /api/team-secrets/<team_id:team_id>/verify"]


def test_a_collector_that_is_away_costs_no_answer(
    stage: Stage, team: TeamOnStage, tmp_path: Path
) -> None:
    team.with_key()
    with traced(stage.service, tmp_path, f"http://127.0.0.1:{free_port()}") as server:
        payment = finish(server, team).json()["data"]["payment"]
    assert payment["method"] == "blawby_api"


def test_without_the_packages_the_start_says_what_is_missing() -> None:
    """A finder that does not find them stands for an installation of requirements.txt alone."""
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from app.observability import tracing\n"
        "tracing.begin('http://collector:4318', '1')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr.strip()) == (
        1,
        "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-otel.txt",
    )
