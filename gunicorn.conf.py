"""gunicorn's settings; what differs between machines comes from the environment."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WORKER_THREADS") or 64)
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
keepalive = 5
timeout = 60
graceful_timeout = 30
# Clients are made after the fork, in each worker; a preloaded app would share connections.
preload_app = False
# The app logs each request itself: gunicorn's line would hold the query string.
accesslog = None
errorlog = "-"
proc_name = "team-secrets"
# It would lie in the home directory, one for all of a user's gunicorns.
control_socket_disable = True
# Who asks is told by TRUSTED_PROXIES (a counted number of them), not by a header believed here.
forwarded_allow_ips = ""

_EXPOSITION = Path(__file__).parent / "deploy" / "metrics.py"
_PASSED_ON = ("PROMETHEUS_MULTIPROC_DIR", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")
_metrics_bind = os.environ.get("METRICS_BIND", "127.0.0.1:9464")
_processes: dict[str, Any] = {}


def on_starting(server: Any) -> None:
    """What is to be done once, before there are workers; they inherit it."""
    if _metrics_bind:
        # Before the app is imported: prometheus_client looks for this directory then, once.
        directory = tempfile.mkdtemp(prefix="team-secrets-metrics-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        _processes["directory"] = directory
    from app import prepare  # noqa: PLC0415 (only now)

    prepare()


def when_ready(server: Any) -> None:
    if _metrics_bind:
        command = [sys.executable, str(_EXPOSITION), _metrics_bind]
        # The environment may hold VAULT_SECRET_ID, which is none of its business.
        environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        _processes["exposition"] = subprocess.Popen(command, env=environ)  # noqa: S603 (our own)


def on_exit(server: Any) -> None:
    if "exposition" in _processes:
        _processes["exposition"].terminate()
        _processes["exposition"].wait(5)
    if "directory" in _processes:
        shutil.rmtree(_processes["directory"], ignore_errors=True)
