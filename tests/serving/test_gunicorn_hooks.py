"""What `serving` relies on inside gunicorn 27 and prometheus_client.

The releases that were read are named. When another one is installed, these tests say what of it
has to be read again before it is named here.
"""

import inspect
from importlib.metadata import version

import gunicorn
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http.message import Message, Request
from gunicorn.http.wsgi import Response, create
from gunicorn.workers.base import Worker as Base
from gunicorn.workers.gthread import ThreadWorker
from prometheus_client import metrics, values
from prometheus_client.mmap_dict import MmapedDict


def test_gunicorn_is_the_version_that_was_read() -> None:
    assert gunicorn.version_info in {(27, 0, 0), (27, 0, 1)}


def test_the_arbiter_looks_its_handlers_up_on_the_instance() -> None:
    """`Master` sets `handle_hup` and `wait_for_signals` there."""
    run = inspect.getsource(Arbiter.run)
    assert 'getattr(self, "handle_%s" % signame, None)' in run
    assert "for sig in self.wait_for_signals(timeout=1.0):" in run
    assert list(inspect.signature(Arbiter.handle_hup).parameters) == ["self"]


def test_the_arbiter_ends_its_loop_as_ending_expects() -> None:
    run = inspect.getsource(Arbiter.run)
    assert "except (StopIteration, KeyboardInterrupt):\n            self.halt()" in run
    assert "raise StopIteration" in inspect.getsource(Arbiter.handle_term)
    assert "self.stop(False)" in inspect.getsource(Arbiter.handle_int)
    stop = inspect.getsource(Arbiter.stop)
    assert "self.reexec_pid == self.master_pid == 0" in stop
    assert "not self.systemd" in stop
    assert stop.index("sock.close_sockets(self.LISTENERS") < stop.index("self.kill_workers(sig)")


def test_the_arbiter_has_the_state_that_is_read() -> None:
    made = inspect.getsource(Arbiter.__init__) + inspect.getsource(Arbiter)
    for name in ("START_CTX", "WORKERS", "LISTENERS", "log", "cfg", "num_workers"):
        assert name in made
    assert "self.START_CTX['args']" in inspect.getsource(Arbiter.reexec)
    assert Arbiter.WORKER_BOOT_ERROR == 3


def test_the_hooks_run_where_they_are_expected() -> None:
    spawn = inspect.getsource(Arbiter.spawn_worker)
    assert spawn.index("cfg.pre_fork") < spawn.index("os.fork()") < spawn.index("cfg.post_fork")
    assert spawn.index("cfg.post_fork") < spawn.index("init_process()")
    reap = inspect.getsource(Arbiter.reap_workers)
    assert reap.index("self.WORKERS.pop") < reap.index("cfg.child_exit")
    assert inspect.getsource(Arbiter.start).index("cfg.on_starting") > 0


def test_the_worker_hands_over_and_takes_back_as_expected() -> None:
    """`Worker` has its own `run`, `accept`, `handle`, `finish_request` and `handle_request`."""
    enqueue = inspect.getsource(ThreadWorker.enqueue_req)
    assert "self.tpool.submit(self.handle, conn)" in enqueue
    assert "self.method_queue.defer(self.finish_request, conn, fut)" in enqueue
    enable = inspect.getsource(ThreadWorker.set_accept_enabled)
    assert "self.poller.register(listener, selectors.EVENT_READ, self.accept)" in enable
    assert "callback(key.fileobj)" in inspect.getsource(ThreadWorker.wait_for_and_dispatch_events)
    init = inspect.getsource(ThreadWorker.init_process)
    assert init.index("self.poller =") < init.index("super().init_process()")
    for name in ("is_parent_alive", "handle_exit", "notify", "load_wsgi"):
        assert callable(getattr(ThreadWorker, name))
    for name in ("nr", "max_requests", "alive", "sockets", "tpool", "method_queue", "poller"):
        assert f"self.{name} = " in inspect.getsource(ThreadWorker) + inspect.getsource(Base)


def test_the_parser_reads_what_it_is_given_and_says_how_the_body_goes_on() -> None:
    assert list(inspect.signature(Request.__init__).parameters)[1:4] == [
        "cfg", "unreader", "peer_addr",
    ]  # fmt: skip
    body = inspect.getsource(Message.set_body_reader)
    assert "Body(ChunkedReader(self, self.unreader))" in body
    assert "Body(LengthReader(self.unreader, content_length))" in body
    assert "Body(LengthReader(self.unreader, 0))" in inspect.getsource(Request.set_body_reader)
    assert "raise NoMoreData" in inspect.getsource(Request.read_into)
    assert "_expected_100_continue" in inspect.getsource(Message.__init__)


def test_the_answer_is_written_through_the_socket_that_create_is_given() -> None:
    made = inspect.getsource(create)
    assert "response_class(req, sock, cfg, *response_args)" in made
    assert "if req._expected_100_continue:" in made
    sent = inspect.getsource(Response.send_headers) + inspect.getsource(Response.write)
    assert "util.write(self.sock," in sent
    assert "self.send_headers()" in inspect.getsource(Response.write)
    assert "sock.sendall(data)" in inspect.getsource(util.write)
    assert "# ignore hopbyhop headers" in inspect.getsource(Response.process_headers)


def test_the_logger_is_set_up_again_on_a_reload() -> None:
    assert "self.log.setup(app.cfg)" in inspect.getsource(Arbiter.setup)
    assert list(inspect.signature(Logger.setup).parameters) == ["self", "cfg"]


def test_prometheus_client_is_the_version_that_was_read() -> None:
    assert version("prometheus_client") in {"0.21.1", "0.26.0"}
    assert {"_used", "_capacity", "_f"} <= set(MmapedDict.__init__.__code__.co_names)
    assert "self._capacity *= 2" in inspect.getsource(MmapedDict._init_value)
    assert "values.ValueClass(" in inspect.getsource(metrics)
    given = inspect.signature(values.MutexValue.__init__).parameters
    assert list(given)[:7] == [
        "self", "typ", "metric_name", "name", "labelnames", "labelvalues", "help_text",
    ]  # fmt: skip
