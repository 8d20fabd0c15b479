"""The start under gunicorn: one line says what runs, and one line says why it does not."""

import json
import os
import platform
import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests

from app.version import VERSION
from tests.faults.gunicorn import ROOT, Gunicorn
from tests.rig import Service
from vault.ports import free_port

COMMAND = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
CANARY = "xyzzy"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_one_line_says_what_runs(service: Service, tmp_path: Path) -> None:
    bind = f"127.0.0.1:{free_port()}"
    environ = {"METRICS_BIND": bind, "WORKER_THREADS": "7", "DRAIN_SECONDS": "0.5"}
    with Gunicorn(service, tmp_path, **environ) as gunicorn:
        (told,) = [line for line in lines(gunicorn.log) if line["event"] == "started"]
    assert told | {"time": "", "process": 0} == {
        "time": "",
        "process": 0,
        "level": "info",
        "logger": "gunicorn.error",
        "event": "started",
        "version": VERSION,
        "python": platform.python_version(),
        "workers": 1,
        "threads": 7,
        "addresses": [gunicorn.url],
        "metrics": bind,
        "drain_seconds": 0.5,
    }


def test_every_line_of_the_log_is_a_json_object(service: Service, tmp_path: Path) -> None:
    """gunicorn's and the app's, over a HUP, a worker that is killed, and the end."""
    with Gunicorn(service, tmp_path) as gunicorn:
        requests.get(f"{gunicorn.url}/nothing", timeout=5)
        gunicorn.kill_workers()
        gunicorn.wait_ready()
        gunicorn.signal(signal.SIGHUP)
        gunicorn.wait_ready()
    written = lines(gunicorn.log)
    assert {"time", "level", "logger", "event"} <= set.intersection(*map(set, written))
    loggers = {line["logger"] for line in written}
    assert {"gunicorn.error", "app.access"} <= loggers


def ended(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A start that must fail; the rest of the environment would do."""
    given = {
        "PATH": os.environ["PATH"],
        "CACHE_DIR": str(tmp_path / "cache"),
        "METRICS_BIND": "",
        "VAULT_ADDR": "http://127.0.0.1:1",
        "VAULT_ROLE_ID": "role",
        "VAULT_SECRET_ID": "secret",
        "PORT": str(free_port()),
    }
    return subprocess.run(
        COMMAND, cwd=ROOT, env=given | environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", f"{CANARY}:1"),
        ("HOST", f"{CANARY}.invalid"),
        ("HOST", "203.0.113.5"),
        ("METRICS_BIND", f"{CANARY}.invalid:9464"),
        ("VAULT_NAMESPACE", f"../{CANARY}"),
        ("CACHE_REDIS_URL", f"redis://host/0?socket_timeout={CANARY}"),
        ("PORT", CANARY),
        ("PORT", "0"),
        ("WEB_CONCURRENCY", "0"),
        ("WORKER_THREADS", CANARY),
        ("WORKER_THREADS", "0"),
        ("DRAIN_SECONDS", CANARY),
        ("METRICS_BIND", CANARY),
        ("METRICS_BIND_FILE", f"/no/{CANARY}"),
        ("VAULT_ADDR", f"http://{CANARY}:abc"),
        ("BLAWBY_API_URL", f"http://{CANARY}:999999"),
        ("VAULT_CACERT", "/dev/null"),
        ("CACHE_REDIS_URL", f"redis://:{CANARY}@host:port"),
        ("AGENT_RATE_LIMIT", "60/minute;5/second"),
        ("CACHE_DIR", __file__),
    ],
)
def test_a_bad_variable_is_one_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    end = ended(tmp_path, **{name: value})
    assert end.returncode == 1
    *before, told = end.stderr.splitlines()
    began = [f"Starting gunicorn {version('gunicorn')}"]
    assert [json.loads(line)["event"] for line in before] in ([], began)
    assert told.startswith(f"missing or not valid in the environment: {name} (")
    assert CANARY not in end.stdout + end.stderr


def test_a_cache_directory_of_somebody_else_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    end = ended(tmp_path, CACHE_DIR=str(tmp_path / "link"))
    assert end.returncode == 1
    assert end.stderr.splitlines()[-1].startswith("CACHE_DIR ")
    assert "Traceback" not in end.stderr


def test_an_empty_host_is_the_default_and_not_every_address(
    service: Service, tmp_path: Path
) -> None:
    """gunicorn would listen on 0.0.0.0."""
    port = free_port()
    process = start(service, tmp_path, HOST="", PORT=str(port))
    try:
        assert f'"http://127.0.0.1:{port}"' in told_by(process)
    finally:
        stop(process)


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_a_host_of_ipv6(service: Service, tmp_path: Path, host: str) -> None:
    port = free_port()
    process = start(service, tmp_path, HOST=host, PORT=str(port))
    try:
        assert f'"http://[::1]:{port}"' in told_by(process)
        with socket.create_connection(("::1", port), timeout=5):
            pass
    finally:
        stop(process)


def start(service: Service, tmp_path: Path, **environ: str) -> "subprocess.Popen[str]":
    """As `gunicorn -c gunicorn.conf.py wsgi:app` does, with no address on the command line."""
    given = {
        "PATH": os.environ["PATH"],
        "CACHE_DIR": str(tmp_path / "cache"),
        "METRICS_BIND": "",
        "DRAIN_SECONDS": "0",
        "VAULT_ADDR": service.vault.address,
        "VAULT_ROLE_ID": service.role_id,
        "VAULT_SECRET_ID": service.secret_id,
    }
    return subprocess.Popen(
        COMMAND, cwd=ROOT, env=given | environ, stderr=subprocess.PIPE, text=True
    )


def told_by(process: "subprocess.Popen[str]") -> str:
    assert process.stderr
    for line in process.stderr:
        if '"event":"started"' in line:
            return line
    raise AssertionError("it did not start")


def stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.communicate(timeout=60)
