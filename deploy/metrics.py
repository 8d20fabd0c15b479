"""`python deploy/metrics.py HOST:PORT`: serves the workers' metrics, and no more.

A process of its own, started by gunicorn's master and gone with it: a thread in the master would be
there when the master forks, with whatever lock it happens to hold. It does not import the app.
"""

import os
import sys
import threading
import time

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

_LOOK_SECONDS = 1.0
_BUSY_SECONDS = 1.0


def serve(bind: str) -> None:
    """Until the parent is gone. A port that is still taken (by the master's predecessor) is tried
    again each second."""
    parent = os.getppid()
    host, _, port = bind.rpartition(":")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    while os.getppid() == parent:
        try:
            start_http_server(int(port), addr=host, registry=registry)
        except OSError:
            time.sleep(_BUSY_SECONDS)
        else:
            break
    while os.getppid() == parent:
        threading.Event().wait(_LOOK_SECONDS)


if __name__ == "__main__":
    serve(sys.argv[1])
