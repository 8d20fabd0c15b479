"""Our own threads: a small pool for work beside a request, and one that makes rounds."""

import contextvars
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Threads:
    """Implements `Background`: `most` threads, and at most `waiting` queued tasks that no request
    waits for.

    The pool is created on first use and per process, because threads do not survive a fork. At the
    end of the process the interpreter waits for running tasks.
    """

    def __init__(self, name: str, most: int, waiting: int = 200) -> None:
        self._name, self._most = name, most
        self._room = threading.BoundedSemaphore(waiting)
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._pool = ThreadPoolExecutor(max_workers=1)

    def run(self, work: Callable[[], object], /) -> bool:
        if not self._room.acquire(blocking=False):
            return False
        self._own_pool().submit(contextvars.Context().run, self._logged, work)
        return True

    def start(self, work: Callable[[], T], /) -> Callable[[], T]:
        """Run in a copy of the caller's context, which has the deadline."""
        return self._own_pool().submit(contextvars.copy_context().run, work).result

    def _logged(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            _log.exception("work in the background failed", exc_info=error)
        finally:
            self._room.release()

    def _own_pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._pool = ThreadPoolExecutor(self._most, thread_name_prefix=self._name)
            return self._pool


class Rounds:
    """Call `work` every so many seconds, in a thread of each process that calls `start`. The thread
    ends with the process; 0 seconds switch it off."""

    def __init__(self, work: Callable[[], object], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._lock = threading.Lock()
        self._pid: int | None = None

    def start(self) -> None:
        """Start the thread if this process has none yet (after a fork); cheap when called again."""
        if self._pid == os.getpid() or not self._seconds:
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._go, name="rounds", daemon=True).start()

    def _go(self) -> None:
        """Wait a random time before the first round, so that workers do not make theirs at once."""
        pause = random.uniform(0, self._seconds)  # noqa: S311 (spreads load, guards nothing)
        while True:
            time.sleep(pause)
            pause = self._seconds
            try:
                self._work()
            except Exception as error:
                _log.warning("a round failed", exc_info=error)
