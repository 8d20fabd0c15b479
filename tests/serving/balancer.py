"""A load balancer's view of instances, with the rules of nginx 1.22 (`proxy_next_upstream error`).

A request goes to the instances in turn. A connection that was kept is used again within
`KEPT_SECONDS`. A request that could not be sent goes to the next instance; one that was sent and
got no answer is lost, because nginx does not send a POST twice.
"""

import http.client
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from tests.faults.gunicorn import Gunicorn

# What docs/serving.md demands: less than DRAIN_SECONDS and than gunicorn's `keepalive`.
KEPT_SECONDS = 0.5
_CONNECT_SECONDS = 10


class Balancer:
    """`clients` threads, each of which sends one request after the other until `stop`."""

    def __init__(self, instances: Sequence[Gunicorn], body: bytes, clients: int = 8) -> None:
        self.instances = list(instances)
        self.answered = 0
        self.lost: list[str] = []
        self._body = body
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._client, args=(n,)) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        wanted = self.answered + more
        while self.answered < wanted and not self.lost:
            time.sleep(0.01)

    def stop(self) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _client(self, turn: int) -> None:
        kept: dict[str, tuple[http.client.HTTPConnection, float]] = {}
        while not self._ends.is_set():
            turn += 1
            instances = list(self.instances)
            for offset in range(len(instances)):
                instance = instances[(turn + offset) % len(instances)].url
                if self._sent(kept, instance):
                    break
            else:
                self._lose("no instance takes connections")

    def _sent(self, kept: dict[str, tuple[http.client.HTTPConnection, float]], url: str) -> bool:
        """False where nothing was sent."""
        connection, until = kept.pop(url, (None, 0.0))
        is_kept = connection is not None and time.monotonic() <= until
        if connection is None or not is_kept:
            connection = _connected(url)
            if connection is None:
                return False
        began = time.monotonic()
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/agent", body=self._body, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except OSError as error:
            sort, waited = "kept" if is_kept else "new", time.monotonic() - began
            self._lose(f"{type(error).__name__} from {url}, {sort}, {waited:.3f} s after sending")
            return True
        if answer.status != 200:
            self._lose(f"{answer.status} from {url}")
        elif answer.headers["Connection"] != "close":
            kept[url] = connection, time.monotonic() + KEPT_SECONDS
        with self._lock:
            self.answered += 1
        return True

    def _lose(self, how: str) -> None:
        with self._lock:
            self.lost.append(how)


def _connected(url: str) -> http.client.HTTPConnection | None:
    address = urlsplit(url)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.timeout = _CONNECT_SECONDS
    try:
        connection.connect()
    except OSError:
        return None
    return connection
