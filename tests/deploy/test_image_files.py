"""The app runs from exactly the files that the Dockerfile copies."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.deploy.test_compose import ROOT, copied_paths
from tests.faults.gunicorn import Gunicorn
from tests.rig import Service
from tests.waiting import eventually
from vault.ports import free_port


def copied(to: Path) -> Path:
    """A directory with the image's own files and nothing else of the checkout."""
    for source in copied_paths():
        _copy(ROOT / source, to / source)
    return to


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json"])
def test_every_kind_of_answer_comes_from_those_files(
    service: Service, tmp_path: Path, path: str
) -> None:
    bind = f"127.0.0.1:{free_port()}"
    root = copied(tmp_path / "srv")
    with Gunicorn(service, tmp_path, root=root, METRICS_BIND=bind) as gunicorn:
        assert requests.get(f"{gunicorn.url}{path}", timeout=10).status_code == 200
        eventually(lambda: "team_secrets_requests_total{" in scraped(bind))
        for pid in (gunicorn.pid, *gunicorn.workers()):
            assert Path(f"/proc/{pid}/cwd").readlink() == root


def scraped(bind: str) -> str:
    return requests.get(f"http://{bind}/metrics", timeout=30).text


@pytest.mark.parametrize("command", ["vault.bootstrap", "deploy", "deploy.probe"])
def test_every_command_of_the_image_needs_no_more_than_its_files(
    tmp_path: Path, command: str
) -> None:
    root = copied(tmp_path / "srv")
    ended = subprocess.run(
        [sys.executable, "-m", command, "--help"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named" not in ended.stderr
    assert ended.returncode == 0 or command == "deploy.probe", ended.stderr
