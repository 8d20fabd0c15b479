"""Row 16 of the faults: the service's secret id comes wrapped, and is unwrapped once."""

import secrets
import signal
from pathlib import Path

import hvac
import pytest
import requests

from app import prepare
from app.domain.secret import SecretString
from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import Service, Stage

_ROLE = "auth/approle/role/team-secrets-service"


class Issuer:
    """Wraps secret ids that the test knows, to look for them afterwards."""

    def __init__(self, service: Service, canaries: Canaries) -> None:
        self._root = hvac.Client(service.vault.address, token=service.vault.root_token)
        self._canaries = canaries

    def wrapped(self) -> str:
        secret_id = f"canary-{secrets.token_hex(16)}"
        self._canaries.watch_for(secret_id)
        self.secret_id = secret_id
        return self.wrap(f"{_ROLE}/custom-secret-id", {"secret_id": secret_id})

    def wrap(self, path: str, data: dict[str, str]) -> str:
        answer = self._root.adapter.post(f"/v1/{path}", json=data, wrap_ttl="60s")
        return str(answer["wrap_info"]["token"])

    def unwrap(self, token: str) -> None:
        self._root.sys.unwrap(token)


@pytest.fixture
def issuer(service: Service, canaries: Canaries) -> Issuer:
    return Issuer(service, canaries)


def is_ready(server: Gunicorn) -> bool:
    return requests.get(f"{server.url}/readyz", timeout=10).status_code == requests.codes.ok


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def test_row_16_unwrapped_once_for_all_workers(
    service: Service, issuer: Issuer, canaries: Canaries, tmp_path: Path
) -> None:
    """Also for those that come after a `kill -9` and after a reload."""
    token = issuer.wrapped()
    with Gunicorn(service, tmp_path, VAULT_SECRET_ID=token, WEB_CONCURRENCY="2") as server:
        assert is_ready(server)
        server.kill_workers()
        server.wait_ready()
        assert is_ready(server)
        before = set(server.workers())
        server.signal(signal.SIGHUP)
        while before & set(server.workers()):
            assert is_ready(server)
        assert is_ready(server)
        for pid in server.workers():
            assert issuer.secret_id.encode() not in environment_of(pid)
    canaries.keep("gunicorn", server.log.read_bytes())


def test_row_16_used_twice(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.wrapped()
    with Gunicorn(service, tmp_path, VAULT_SECRET_ID=token) as server:
        assert is_ready(server)
    refuses_to_start(service, tmp_path, token)


def test_row_16_used_by_somebody_else(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.wrapped()
    issuer.unwrap(token)
    refuses_to_start(service, tmp_path, token)


def test_row_16_swapped_on_the_way(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    """It wraps what looks like a secret id, and was not made by an AppRole."""
    token = issuer.wrap("sys/wrapping/wrap", {"secret_id": "of-the-thief"})
    refuses_to_start(service, tmp_path, token)


def refuses_to_start(service: Service, directory: Path, token: str) -> None:
    with pytest.raises(AssertionError, match="VAULT_SECRET_ID is a wrapping token") as refusal:
        Gunicorn(service, directory, VAULT_SECRET_ID=token)
    assert token not in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_row_16_vault_away_at_the_start(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    """Not used, so that the next start may have it."""
    token = issuer.wrapped()
    with pytest.raises(AssertionError, match="The secret store is not available"):
        Gunicorn(service, tmp_path, VAULT_SECRET_ID=token, VAULT_ADDR="http://127.0.0.1:1")
    with Gunicorn(service, tmp_path, VAULT_SECRET_ID=token) as server:
        assert is_ready(server)


def test_row_16_a_file_will_do(service: Service, issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "wrapped"
    file.write_text(issuer.wrapped())
    stage = {"VAULT_SECRET_ID": "", "VAULT_SECRET_ID_FILE": str(file)}
    with Gunicorn(service, tmp_path, **stage) as server:
        assert is_ready(server)


def test_row_16_without_gunicorn(
    service: Service, issuer: Issuer, canaries: Canaries, tmp_path: Path
) -> None:
    """Any other server: at the first login."""
    token = SecretString(issuer.wrapped())
    stage = Stage(service, canaries, tmp_path, vault_secret_id=token)
    assert stage.team().with_key().ask("Hello").status_code == 200


def test_row_16_what_the_start_says(
    service: Service, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, and not a word of the token."""
    token = issuer.wrapped()
    for name, value in {
        "VAULT_ADDR": service.vault.address,
        "VAULT_ROLE_ID": service.role_id,
        "VAULT_SECRET_ID": service.secret_id,
    }.items():
        monkeypatch.setenv(name, value)
    prepare()
    monkeypatch.setenv("VAULT_SECRET_ID", token)
    issuer.unwrap(token)
    with pytest.raises(SystemExit) as ended:
        prepare()
    assert str(ended.value).startswith("VAULT_SECRET_ID is a wrapping token")
    assert token not in str(ended.value)
