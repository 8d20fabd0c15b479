"""What is counted of serving itself: the master, workers and their threads."""

import time

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class Measures:
    """Made in the master before it forks, so that its own counts have a file of their own."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.start_time = Gauge(
            "team_secrets_start_time_seconds",
            "Unix time at which gunicorn's master started.",
            multiprocess_mode="max",
            registry=registry,
        )
        self.workers_lost = Counter(
            "team_secrets_workers_lost",
            "Workers that ended without being told to; each was replaced.",
            registry=registry,
        )
        self.threads_busy = Gauge(
            "team_secrets_threads_busy",
            "Most threads that were busy at once within the last second, over all workers.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.threads_allowed = Gauge(
            "team_secrets_threads_allowed",
            "Threads that run the app, over all workers.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.requests_waiting = Gauge(
            "team_secrets_requests_waiting",
            "Most requests that waited for a thread at once within the last second.",
            multiprocess_mode="livesum",
            registry=registry,
        )

    def begin(self) -> None:
        """In the master, once."""
        self.start_time.set(time.time())


class Load:
    """How many requests one worker has in hand. Used by its loop alone, so it needs no lock."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._now = self._most = 0

    def begins(self) -> None:
        self._now += 1
        self._most = max(self._most, self._now)

    def ends(self) -> None:
        self._now -= 1

    def tell(self, measures: Measures) -> None:
        """Every second: the most since the last time."""
        measures.threads_allowed.set(self._threads)
        measures.threads_busy.set(min(self._most, self._threads))
        measures.requests_waiting.set(max(self._most - self._threads, 0))
        self._most = self._now
