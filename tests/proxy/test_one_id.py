"""One request id is found in nginx's log, in ours and in Vault's audit log.

Nginx and the app write their lines after the answer, so the client may be here before them."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.audit_log import AuditLog
from tests.faults.gunicorn import Gunicorn
from tests.rig import Service, Stage
from tests.waiting import eventually
from vault.ports import free_port

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx" / "nginx.conf"
# The shipped parts that are about the id. Its upstreams need an nginx newer than Debian's.
PARTS = (
    r"map \$http_x_request_id \$id \{.*?\n    \}",
    r"log_format json .*?;\n",
    r"proxy_set_header X-Request-ID .*?;",
)


def configuration(directory: Path, port: int, app: str) -> str:
    text = SHIPPED.read_text()
    parts = []
    for pattern in PARTS:
        (found,) = re.findall(pattern, text, re.DOTALL)
        parts.append(found)
    paths = " ".join(
        f"{name}_temp_path {directory / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    server = f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {app}; }} }}"
    log = f"access_log {directory / 'access.log'} json;"
    http = "\n".join([paths, *parts, log, server])
    return f"daemon off; pid {directory / 'pid'};\nevents {{}}\nhttp {{\n{http}\n}}\n"


@pytest.fixture
def gunicorn(service: Service, tmp_path: Path) -> Iterator[Gunicorn]:
    with Gunicorn(service, tmp_path) as running:
        yield running


@pytest.fixture
def proxy(gunicorn: Gunicorn, tmp_path: Path) -> Iterator[str]:
    port, file = free_port(), tmp_path / "nginx.conf"
    file.write_text(configuration(tmp_path, port, gunicorn.url))
    command = ["nginx", "-e", str(tmp_path / "error.log"), "-p", str(tmp_path), "-c", str(file)]
    with subprocess.Popen(command) as nginx:
        while True:
            assert nginx.poll() is None, (tmp_path / "error.log").read_text()
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
        nginx.terminate()


@pytest.mark.parametrize("given", [None, "an-id.of_the-caller"])
def test_one_id_in_three_logs(
    given: str | None, proxy: str, gunicorn: Gunicorn, stage: Stage, tmp_path: Path
) -> None:
    """A cold team: its key is read from Vault on behalf of this very request."""
    team = stage.team().with_key()
    audit = AuditLog(stage.service.vault.audit_log)
    body = {"teamId": team.team_id, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"X-Request-ID": given} if given else {}
    answer = requests.post(f"{proxy}/api/agent", json=body, headers=headers, timeout=30)
    assert answer.status_code == 200
    request_id = answer.headers["X-Request-ID"]
    assert given in {None, request_id}

    nginx = tmp_path / "access.log"
    eventually(lambda: nginx.read_text().endswith("\n"))
    assert [json.loads(line)["requestId"] for line in nginx.read_text().splitlines()] == [
        request_id
    ]
    eventually(lambda: f'"request_id":"{request_id}"' in gunicorn.log.read_text())
    read = audit.requests(f"teams/data/{team.team_id}/", "read")
    assert read
    for entry in read:
        assert entry["request"]["headers"]["x-request-id"] == [request_id]
