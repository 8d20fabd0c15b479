"""HUP: the environment's files are read anew, and what cannot work is not begun."""

import signal
import time
from pathlib import Path

import pytest
import requests

from tests.faults.gunicorn import Gunicorn
from tests.faults.test_vault_credentials import Issuer
from tests.leaks import Canaries
from tests.rig import Service
from tests.waiting import eventually


@pytest.fixture
def issuer(service: Service, canaries: Canaries) -> Issuer:
    return Issuer(service, canaries)


def all_workers_are_logged_in(gunicorn: Gunicorn) -> bool:
    """Each connection may fall to either worker; a report is shared for a second."""
    answers = []
    for _ in range(20):
        answers.append(requests.get(f"{gunicorn.url}/readyz", timeout=10).status_code)
        time.sleep(0.06)
    return answers == [200] * 20


def reloaded(gunicorn: Gunicorn) -> None:
    before = set(gunicorn.workers())
    gunicorn.signal(signal.SIGHUP)
    eventually(lambda: not before & set(gunicorn.workers()))
    gunicorn.wait_ready()


def test_a_new_wrapping_token_logs_every_worker_in(
    service: Service, issuer: Issuer, canaries: Canaries, tmp_path: Path
) -> None:
    """Row 66: also workers that come after a `kill -9`."""
    file = tmp_path / "wrapped"
    file.write_text(issuer.wrapped())
    environ = {"VAULT_SECRET_ID": "", "VAULT_SECRET_ID_FILE": str(file), "WEB_CONCURRENCY": "2"}
    with Gunicorn(service, tmp_path, **environ) as gunicorn:
        for _ in range(2):
            file.write_text(issuer.wrapped())
            reloaded(gunicorn)
            assert all_workers_are_logged_in(gunicorn)
            gunicorn.kill_workers()
            gunicorn.wait_ready()
            assert all_workers_are_logged_in(gunicorn)
    canaries.keep("gunicorn", gunicorn.log.read_bytes())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("used", "not reloaded: VAULT_SECRET_ID is a wrapping token"),
        ("empty", "not reloaded: missing or not valid in the environment: VAULT_SECRET_ID (empty)"),
        ("gone", "not reloaded: missing or not valid in the environment: VAULT_SECRET_ID_FILE ("),
    ],
)
def test_what_new_workers_could_not_start_with_leaves_the_old_ones(
    service: Service, issuer: Issuer, tmp_path: Path, given: str, said: str
) -> None:
    file = tmp_path / "secret-id"
    file.write_text(service.secret_id)
    environ = {"VAULT_SECRET_ID": "", "VAULT_SECRET_ID_FILE": str(file)}
    with Gunicorn(service, tmp_path, **environ) as gunicorn:
        before = gunicorn.workers()
        token = issuer.wrapped()
        issuer.unwrap(token)
        if given == "gone":
            file.unlink()
        else:
            file.write_text({"used": token, "empty": "\n"}[given])
        gunicorn.signal(signal.SIGHUP)
        eventually(lambda: said in gunicorn.log.read_text())
        assert gunicorn.workers() == before
        assert all_workers_are_logged_in(gunicorn)
        file.write_text(service.secret_id)
        reloaded(gunicorn)
        assert all_workers_are_logged_in(gunicorn)
    assert token not in gunicorn.log.read_text()
