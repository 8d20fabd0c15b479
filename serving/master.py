"""What gunicorn's master does besides gunicorn's own work.

gunicorn has hooks for some of it (gunicorn.conf.py names them). For HUP, for TERM, and for
what is looked at every second it has none: there the arbiter's own methods are wrapped, on the one
instance that runs. tests/serving/test_gunicorn_hooks.py pins what is relied on.
"""

import atexit
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from serving.ending import Ending
from serving.environment import Serving
from serving.measures import Measures
from serving.metric_files import MetricFiles
from serving.metrics_process import MetricsProcess

_MAIN = os.path.join("gunicorn", "__main__.py")


class Master:
    """The state that outlives a HUP. One for each process; workers inherit it."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._metrics: MetricsProcess | None = None
        self._files: MetricFiles | None = None
        self._measures: Measures | None = None
        self._metrics_told = True
        self._most_body = 0

    def begin(self, serving: Serving) -> None:
        """Before the app is imported, because metrics count where they were made."""
        self._most_body = serving.max_body_bytes
        if serving.metrics_bind is None:
            return
        self._metrics = MetricsProcess(serving.metrics_bind)
        atexit.register(self._end)
        self._files = MetricFiles(self._metrics.directory)
        self._files.install()
        self._measures = Measures()
        self._measures.begin()
        try:
            self._metrics.listen()
        except OSError as error:
            # A master that was started by USR2 waits until its predecessor has ended.
            if "GUNICORN_PID" not in os.environ:
                reason = os.strerror(error.errno or 0)
                raise SystemExit(f"METRICS_BIND cannot be listened on: {reason}") from None

    def run(self, server: Any, serving: Serving, version: str, prepare: Callable[[], None]) -> None:
        """When the master listens: `server` is gunicorn's arbiter, `prepare` checks the app's
        environment and raises `SystemExit` where workers could not start with it."""
        ending = Ending(server, serving.drain_seconds)
        server.handle_term = ending.told
        server.handle_hup = partial(self._reload, server, server.handle_hup, prepare)
        server.wait_for_signals = partial(self._waited, server, server.wait_for_signals, ending)
        server.log.info(
            "started",
            extra={
                "version": version,
                "python": sys.version.partition(" ")[0],
                "workers": server.num_workers,
                "threads": server.cfg.threads,
                "addresses": [str(listener) for listener in server.LISTENERS],
                "metrics": self._metrics.address if self._metrics else None,
                "drain_seconds": serving.drain_seconds,
            },
        )
        self._look(server)

    def before_fork(self, server: Any, worker: Any) -> None:
        """Gives the worker the lowest slot that no other has; its metrics lie in that slot."""
        taken = {other.slot for other in server.WORKERS.values()}
        worker.slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)

    def after_fork(self, worker: Any) -> None:
        """In the worker."""
        worker.most_body = self._most_body
        if self._metrics and self._files:
            self._metrics.let_go()
            self._files.adopt(str(worker.slot))
            worker.metric_files = self._files
            worker.measures = self._measures

    def after_exit(self, server: Any, worker: Any) -> None:
        """Gauges of the living go with their worker. HUP starts new workers before it ends old
        ones, so one that leaves a gap was not told to end."""
        if self._measures and len(server.WORKERS) < server.num_workers and server.LISTENERS:
            self._measures.workers_lost.inc()
        if self._metrics:
            for file in self._metrics.directory.glob(f"gauge_live*_{worker.slot}.db"):
                file.unlink(missing_ok=True)

    def before_exec(self, server: Any) -> None:
        """USR2 starts `sys.argv` again. What was `python -m gunicorn` would have gunicorn's own
        directory as its first place for imports, where `http` hides Python's."""
        arguments = server.START_CTX["args"]
        if arguments[1].endswith(_MAIN):
            arguments[1:2] = ["-m", "gunicorn"]

    def _reload(self, server: Any, reload: Callable[[], None], prepare: Callable[[], None]) -> None:
        """HUP: only with an environment that new workers can start with."""
        try:
            Serving.from_environment()
            prepare()
        except SystemExit as refusal:
            server.log.warning("not reloaded: %s", refusal)
        except Exception:
            server.log.exception("not reloaded")
        else:
            reload()

    def _waited(
        self, server: Any, wait: Callable[..., list[int]], ending: Ending, timeout: float = 1.0
    ) -> list[int]:
        """The arbiter's own wait for signals, and a look around after each."""
        signals = wait(ending.patience(timeout))
        self._look(server)
        if not signals:
            ending.look()
        return signals

    def _look(self, server: Any) -> None:
        if self._metrics is None or self._files is None:
            return
        self._files.look()
        try:
            if self._metrics.watch():
                server.log.warning("the metrics process had ended: it was started again")
            self._metrics_told = True
        except OSError as error:
            if self._metrics_told:
                server.log.warning("metrics are not served: %s", os.strerror(error.errno or 0))
                self._metrics_told = False

    def _end(self) -> None:
        """Workers, which inherit this, end otherwise."""
        if self._metrics and os.getpid() == self._process:
            self._metrics.end()


master = Master()
