"""A small pool of threads for work beside a request. Implements `Background`."""

import contextvars
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Threads:
    """`most` threads, and at most `waiting` pieces of work that no request waits for.

    The pool is made on first use and per process: threads do not survive a fork. At the end of
    the process the interpreter waits for what is under way.
    """

    def __init__(self, name: str, most: int, waiting: int = 200) -> None:
        self._name, self._most = name, most
        self._room = threading.BoundedSemaphore(waiting)
        self._lock = threading.Lock()
        self._pid = 0
        self._pool = ThreadPoolExecutor(max_workers=1)

    def run(self, work: Callable[[], object], /) -> bool:
        if not self._room.acquire(blocking=False):
            return False
        self._own_pool().submit(contextvars.Context().run, self._logged, work)
        return True

    def start(self, work: Callable[[], T], /) -> Callable[[], T]:
        """In a copy of the caller's context, which holds the deadline."""
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
