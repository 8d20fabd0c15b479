"""gunicorn's threaded worker, whose threads wait for no client.

gunicorn's own gives a connection a thread as soon as its first byte is there: forty clients that
send slowly stop a service (and one that does not close makes the loop wait two seconds). Here
`Traffic` receives and sends for all of them; a thread runs the app and nothing else.
"""

import errno
import selectors
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Thread
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.wsgi import create
from gunicorn.workers.gthread import ThreadWorker

from serving import draining
from serving.answer import Answer, close, write
from serving.arrival import BodyTooLarge
from serving.connection import Connection
from serving.measures import Load, Measures
from serving.metric_files import MetricFiles
from serving.open_files import most_files, room_for
from serving.refusals import APP_FAILED, REFUSED, stand_in, status_of
from serving.traffic import Traffic

# The app sets it in the WSGI environment: this answer comes piece by piece, for a while.
STREAMED = "serving.streamed"
# Whether the process is well, which does not depend on how many threads wait for others.
_ALIVE = "/healthz"
_LOOK_SECONDS = 1.0
# A proxy may be sending on a connection that it believes to be kept: it gets an answer for so long.
_IDLE_SECONDS_AT_END = 5.0
_NO_FILES_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Worker(ThreadWorker):
    slot = 0
    most_body = 262_144
    metric_files: MetricFiles | None = None
    measures: Measures | None = None
    load: Load
    traffic: Traffic
    probes: ThreadPoolExecutor
    looks_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuses what this worker would do by halves."""
        if cfg.is_ssl or cfg.proxy_protocol != "off" or cfg.protocol != "http":
            raise SystemExit("TLS, uwsgi and the PROXY protocol are for a proxy in front")
        if cfg.http2_cleartext != "off":
            raise SystemExit("HTTP/2 is for a proxy in front")

    def load_wsgi(self) -> None:
        """gunicorn would print the words of an exception, which may hold a password."""
        try:
            super().load_wsgi()
        except Exception:
            self.log.exception("the app cannot be loaded")
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    def notify(self) -> None:
        super().notify()
        whole = self.metric_files.look() if self.metric_files else None
        if whole is False:
            self.log.warning("serves without metrics: their files cannot be written")
        elif whole:
            self.log.info("metrics are written again")
        if self.measures:
            self.load.tell(self.measures)

    def run(self) -> None:
        self.load, self.probes = Load(self.cfg.threads), ThreadPoolExecutor(1, "probes")
        most = min(self.cfg.worker_connections, room_for(most_files()))
        self.traffic = Traffic(self.poller, self.cfg, self.most_body, most, self.enqueue_req)
        waker = self.method_queue
        self.poller.register(waker.fileno(), selectors.EVENT_READ, waker.run_callbacks)
        while self.alive and self.is_parent_alive():
            self._turn()
        self._stop()

    def _turn(self, idle_seconds: float | None = None) -> None:
        """One round of the loop, of a second at most."""
        now = time.monotonic()
        if now >= self.looks_at:
            self.looks_at = now + _LOOK_SECONDS
            self.notify()
            self.traffic.expire()
            self.set_accept_enabled(self.alive)
        if idle_seconds is not None:
            self.traffic.end_idle(idle_seconds)
        self.wait_for_and_dispatch_events(_LOOK_SECONDS)

    def _stop(self) -> None:
        """Serves what was accepted by the kernel already, and ends."""
        for listener in self.sockets:
            for _ in range(self.cfg.backlog):
                if not self.accept(listener):
                    break
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()
        ends = time.monotonic() + self.cfg.graceful_timeout
        while len(self.traffic) and time.monotonic() < ends:
            self._turn(_IDLE_SECONDS_AT_END)
        self.traffic.end()
        self.tpool.shutdown(wait=False)
        self.probes.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()

    def accept(self, listener: Any) -> bool:
        """Returns whether there was somebody."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT and not self.traffic.make_room():
                # Until the next look.
                self.set_accept_enabled(False)
            return False
        self.traffic.welcome(Connection(client, address, listener.getsockname()))
        return True

    def enqueue_req(self, connection: Connection) -> None:
        """In the loop, when a whole request is there. A probe of life has a thread of its own."""
        self.load.begins()
        pool = self.probes if connection.asks_for(_ALIVE) else self.tpool
        pool.submit(self.handle, connection).add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, connection, done)
        )

    def finish_request(self, connection: Connection, future: "Future[bool | None]") -> None:
        """In the loop again, when a thread of the pool is done."""
        self.load.ends()
        done = not future.cancelled() and future.exception() is None
        keeps = future.result() if done else False
        if keeps is not None:
            self.traffic.answered(connection, keeps=keeps)

    def handle(self, connection: Connection) -> bool | None:
        """In a thread of the pool. Returns whether the connection is kept, and None where another
        thread goes on with a streamed answer."""
        request = None
        if not connection.refused and connection.arrival:
            try:
                request = connection.arrival.take()
            except (ParseException, NoMoreData, BodyTooLarge) as error:
                connection.refused = status_of(error)
        return self._answer(connection, request)

    def _answer(self, connection: Connection, request: Any) -> bool | None:
        try:
            request = request or stand_in(self.cfg, connection.client)
            return self.handle_request(request, connection)
        except OSError:
            return False
        except Exception:
            self.log.exception("the app failed outside of its own handling")
            if connection.refused or connection.outgoing.is_begun:
                return False
            connection.refused = APP_FAILED
            return self._answer(connection, None)

    def handle_request(self, request: Any, connection: Connection) -> bool | None:
        """Runs the app, as gunicorn does without its hooks and its access log."""
        connection.outgoing.begin()
        answer, environ = create(
            request,
            connection.outgoing,
            connection.client,
            connection.server,
            self.cfg,
            response_class=Answer,
        )
        environ["wsgi.multithread"] = True
        if connection.refused:
            environ[REFUSED] = connection.refused
        self.nr += 1
        if self.nr >= self.max_requests:
            self.handle_exit(signal.SIGTERM, None)
        if not self.alive or draining.has_begun():
            answer.force_close()
        body = self.wsgi(environ, answer.start_response)
        if STREAMED not in environ:
            return write(answer, body)
        # It lasts: the thread of the pool is for the next request. The app bounds their number.
        arguments = (self._stream, connection, answer, body)
        try:
            Thread(target=copy_context().run, args=arguments, name="stream", daemon=True).start()
        except RuntimeError:
            # The system gives no more threads.
            close(body)
            raise
        return None

    def _stream(self, connection: Connection, answer: Answer, body: Iterable[bytes]) -> None:
        """In a thread of its own: a whole answer, and the connection goes back to the loop."""
        keeps = False
        try:
            keeps = write(answer, body)
        except OSError:
            pass
        except Exception:
            self.log.exception("the app failed outside of its own handling")
        self.method_queue.defer(self.traffic.answered, connection, keeps)
