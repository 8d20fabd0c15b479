"""gunicorn's threaded worker, with a look at its metric files every second."""

import sys
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from serving.metric_files import MetricFiles


class Worker(ThreadWorker):
    slot = 0
    metric_files: MetricFiles | None = None

    def load_wsgi(self) -> None:
        """gunicorn would print the words of an exception, which may hold a password."""
        try:
            super().load_wsgi()
        except Exception:
            self.log.exception("the app cannot be loaded")
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    def notify(self) -> Any:
        """Runs every second in the worker's loop."""
        super().notify()
        whole = self.metric_files.look() if self.metric_files else None
        if whole is False:
            self.log.warning("serves without metrics: their files cannot be written")
        elif whole:
            self.log.info("metrics are written again")
