"""gunicorn's settings. What differs between machines comes from the environment; what has more
than a line to it is in `serving`."""

import sys
from pathlib import Path
from typing import Any

# Wherever gunicorn was started.
sys.path.insert(0, str(Path(__file__).parent))

from serving.environment import Serving
from serving.logger import JsonLogger
from serving.master import master

serving = Serving.from_environment()

bind = serving.bind
workers = serving.workers
threads = serving.threads
worker_class = "serving.worker.Worker"
# Longer than a proxy keeps its idle connections: docs/serving.md.
keepalive = 10
worker_connections = 2000
timeout = 60
graceful_timeout = 30
# Clients are made after the fork, in each worker; a preloaded app would share connections.
preload_app = False
# The app logs each request itself: gunicorn's line would hold the query string.
accesslog = None
errorlog = "-"
logger_class = JsonLogger
proc_name = "team-secrets"
# It would lie in the home directory, one for all of a user's gunicorns.
control_socket_disable = True
# TRUSTED_PROXIES says how many proxies are believed; no header is believed here.
forwarded_allow_ips = ""

pre_fork = master.before_fork


def on_starting(_server: Any) -> None:
    """Once, before there are workers; they inherit the outcome."""
    master.begin(serving)
    import app  # noqa: PLC0415 (only now: see `begin`)

    app.prepare()


def when_ready(server: Any) -> None:
    import app  # noqa: PLC0415

    master.run(server, serving, app.VERSION, app.prepare)


def post_fork(_server: Any, worker: Any) -> None:
    master.after_fork(worker)


def child_exit(server: Any, worker: Any) -> None:
    master.after_exit(server, worker)


def pre_exec(server: Any) -> None:
    master.before_exec(server)
