"""Row 59: a request that cannot be parsed, with a secret somewhere in it, is repeated nowhere."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import Service
from tests.serving.client import Client
from vault.ports import free_port

CANARY = f"hvs.CANARY{secrets.token_hex(12)}"
HOST = "Host: x\r\n"
POST = f"POST /api/agent HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n"

HEADERS = {
    *("cache-control", "content-security-policy", "referrer-policy", "x-content-type-options"),
    *("strict-transport-security", "x-frame-options", "x-request-id"),
}
MANY_HEADERS = "".join(f"A{number}: {CANARY}\r\n" for number in range(120))

# What is sent, and the status of the answer to it.
HOSTILE = {
    "no colon": (f"GET / HTTP/1.1\r\nAuthorization Bearer {CANARY}\r\n\r\n", 400),
    "a name with a blank": (f"GET / HTTP/1.1\r\n{CANARY} : x\r\n\r\n", 400),
    "a name that is no token": (f"GET / HTTP/1.1\r\n{CANARY}(): x\r\n\r\n", 400),
    "a control character": (f"GET / HTTP/1.1\r\nA: {CANARY}\x00\r\n\r\n", 400),
    "a folded line": (f"GET / HTTP/1.1\r\nA: x\r\n {CANARY}\r\n\r\n", 400),
    "a host twice": (f"GET / HTTP/1.1\r\n{HOST}Host: {CANARY}\r\n\r\n", 400),
    "a method": (f"{CANARY}GET / HTTP/1.1\r\n{HOST}\r\n", 400),
    "a small method": (f"{CANARY.lower()} / HTTP/1.1\r\n{HOST}\r\n", 400),
    "a version": (f"GET / {CANARY}\r\n{HOST}\r\n", 400),
    "HTTP/2": (f"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{CANARY}", 400),
    "a target": (f"GET {CANARY} HTTP/1.1\r\n{HOST}\r\n", 400),
    "a target with a control character": (f"GET /{CANARY}\x01 HTTP/1.1\r\n{HOST}\r\n", 400),
    "two words": (f"GET {CANARY}\r\n\r\n", 400),
    "one word": (f"{CANARY}\r\n\r\n", 400),
    "bare line feeds": (f"GET /?{CANARY} HTTP/1.1\nA: {CANARY}\n\n", 400),
    "a long target": (f"GET /?{CANARY}{'a' * 5000} HTTP/1.1\r\n{HOST}\r\n", 414),
    "a long target without an end": (f"GET /?{CANARY}{'a' * 5000}", 414),
    "a long header": (f"GET / HTTP/1.1\r\nA: {CANARY}{'a' * 9000}\r\n\r\n", 431),
    "a header without an end": (f"GET / HTTP/1.1\r\nA: {CANARY}{'a' * 70_000}", 431),
    "many headers": (f"GET / HTTP/1.1\r\n{MANY_HEADERS}\r\n", 431),
    "a coding": (f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: {CANARY}\r\n\r\n", 501),
    "an expectation": (f"GET / HTTP/1.1\r\n{HOST}Expect: {CANARY}\r\n\r\n", 417),
    "a length": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: {CANARY}\r\n\r\n", 400),
    "a length and a coding": (f"{CHUNKED}Content-Length: 5\r\n\r\n{CANARY}", 400),
    "a chunk's size": (f"{CHUNKED}\r\n{CANARY}\r\nx\r\n0\r\n\r\n", 400),
    "a chunk's extension": (f"{CHUNKED}\r\n1;={CANARY}\r\nx\r\n0\r\n\r\n", 400),
    "a chunk's end": (f"{CHUNKED}\r\n1\r\n{CANARY}\r\n0\r\n\r\n", 400),
    "a trailer": (f"{CHUNKED}\r\n0\r\nAuthorization: {CANARY}\r\n\r\n", 400),
    "a body that is cut short": (f'{POST}Content-Length: 12\r\n\r\n{{"apiKey": "{CANARY}"}}', 400),
    "a body that is longer": (
        f'{POST}Content-Length: 2\r\n\r\n{{{CANARY}"}}GET / HTTP/1.1\r\n\r\n', 400,
    ),
    "a body that is no JSON": (f"{POST}Content-Length: {len(CANARY)}\r\n\r\n{CANARY}", 400),
    "TLS": (f"\x16\x03\x01\x02\x00\x01\n{CANARY}", 400),
}  # fmt: skip


@pytest.fixture(scope="module")
def metrics_bind() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def gunicorn(
    service: Service,
    canaries: Canaries,
    metrics_bind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gunicorn]:
    directory = tmp_path_factory.mktemp("unparsable")
    canaries.watch_for(CANARY)
    canaries.watch(directory)
    environ = {"METRICS_BIND": metrics_bind, "LOG_LEVEL": "DEBUG"}
    with Gunicorn(service, directory, **environ) as gunicorn:
        yield gunicorn


def logged(gunicorn: Gunicorn, request_id: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in gunicorn.log.read_text().splitlines()]
    return [line for line in lines if line.get("request_id") == request_id]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_answered_in_our_form_and_repeated_nowhere(gunicorn: Gunicorn, name: str) -> None:
    sent, status = HOSTILE[name]
    log_before = gunicorn.log.stat().st_size
    with Client(gunicorn) as client:
        answer = client.send(sent.encode("latin-1")).answer()
        rest = client.everything()
    assert answer.status == status
    body = json.loads(answer.body)
    assert body.keys() == {"success", "error", "errorCode", "requestId"}
    assert re.fullmatch("[a-z_]+", body["errorCode"])
    assert body["requestId"] == answer.headers["x-request-id"]
    assert answer.headers.keys() >= HEADERS
    assert answer.headers["connection"] == "close"
    assert rest == b""
    (line,) = logged(gunicorn, body["requestId"])
    assert line["status"] == status
    if line["event"] == "refused":
        assert line["address"] == "127.0.0.1"
    with gunicorn.log.open("rb") as log:
        log.seek(log_before)
        written = log.read()
    everything = written + answer.body + repr(answer.headers).encode()
    assert CANARY.encode() not in everything
    assert b"CANARY" not in everything.upper()


def test_nothing_of_it_is_in_metrics_titles_or_vaults_log(
    gunicorn: Gunicorn, service: Service, metrics_bind: str
) -> None:
    for sent, _ in HOSTILE.values():
        with Client(gunicorn) as client:
            client.send(sent.encode("latin-1")).everything()
    shown = requests.get(f"http://{metrics_bind}/metrics", timeout=30).content
    assert b'team_secrets_requests_total{method="other",route="none",status="431"}' in shown
    for pid in (gunicorn.pid, *gunicorn.workers()):
        shown += Path(f"/proc/{pid}/cmdline").read_bytes()
    shown += service.vault.audit_log.read_bytes()
    assert CANARY.encode() not in shown
    assert CANARY.lower().encode() not in shown.lower()
