"""One request id is found in nginx's log, in ours and in Vault's audit log.

Nginx and the app write their lines after the answer, so the client may be here before them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.audit_log import AuditLog
from tests.faults.gunicorn import Gunicorn
from tests.proxy.nginx import nginx
from tests.rig import Service, Stage
from tests.waiting import eventually


@pytest.fixture
def gunicorn(service: Service, tmp_path: Path) -> Iterator[Gunicorn]:
    with Gunicorn(service, tmp_path) as running:
        yield running


@pytest.fixture
def proxy(gunicorn: Gunicorn, tmp_path: Path) -> Iterator[str]:
    with nginx(tmp_path, gunicorn.url) as url:
        yield url


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

    lines = tmp_path / "access.log"
    eventually(lambda: lines.read_text().endswith("\n"))
    assert [json.loads(line)["requestId"] for line in lines.read_text().splitlines()] == [
        request_id
    ]
    eventually(lambda: f'"request_id":"{request_id}"' in gunicorn.log.read_text())
    read = audit.requests(f"teams/data/{team.team_id}/", "read")
    assert read
    for entry in read:
        assert entry["request"]["headers"]["x-request-id"] == [request_id]
