"""A deadline for the whole of an HTTP exchange, not for each piece of it.

A socket's timeout starts anew with every piece received, so that a dripping server holds a caller
for minutes. Here each receive, headers included, gets what is left of the deadline and no more.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import urllib3
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.connection import create_connection
from urllib3.util.ssl_match_hostname import CertificateError

from app.adapters.names import names

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_SHORTEST = 0.001
# Gets a server's certificate, as `SSLSocket.getpeercert` has it, after each handshake.
SawCertificate = Callable[[dict[str, object] | None], None]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside ends `seconds` from now at the latest; nested, the earlier wins."""
    outer = _deadline.get()
    mine = time.monotonic() + seconds
    token = _deadline.set(mine if outer is None else min(outer, mine))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining() -> float | None:
    """Seconds left, never below a millisecond; None where no deadline is set."""
    deadline = _deadline.get()
    return None if deadline is None else max(deadline - time.monotonic(), _SHORTEST)


def expired() -> bool:
    deadline = _deadline.get()
    return deadline is not None and time.monotonic() >= deadline


class _Reader(io.RawIOBase):
    """A socket's bytes, each receive bounded by what is left of the deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if expired():
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def reading(sock: socket.socket) -> io.BufferedReader:
    """The socket's bytes, as a file that keeps the deadline."""
    return io.BufferedReader(_Reader(sock), buffer_size=16384)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = reading(sock)


class _NamedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        """urllib3's own waits for a name server as long as the system's resolver does, and gives
        each of a name's addresses the whole time."""
        try:
            return self._connected()
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error

    def _connected(self) -> socket.socket:
        lost: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
        for address in names.addresses(self._dns_host, self.port, remaining()):
            try:
                return create_connection(
                    (address, self.port),
                    remaining() or self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                lost = error
        raise lost


class _PlainConnection(_NamedConnection):
    response_class = _Response


class _TlsConnection(_NamedConnection, HTTPSConnection):
    response_class = _Response
    saw_certificate: SawCertificate

    def connect(self) -> None:
        """A handshake that fails has sent nothing. urllib3 tells it like a loss later on, when the
        server may have done what it was asked; here it is a connection that never came about."""
        try:
            super().connect()
        except NewConnectionError:
            raise
        except (OSError, HTTPError, CertificateError) as error:
            raise NewConnectionError(self, "no TLS") from error
        self.saw_certificate(getattr(self.sock, "getpeercert", dict)())


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


@cache
def _tls_pool(saw: SawCertificate) -> type[urllib3.HTTPSConnectionPool]:
    class Connection(_TlsConnection):
        saw_certificate = staticmethod(saw)

    class Pool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


def send_once(
    pool: urllib3.HTTPConnectionPool,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> urllib3.BaseHTTPResponse:
    """One request within the deadline, never repeated or redirected. The answer's body is still to
    be read, and its connection to be released or closed."""
    return pool.urlopen(
        method,
        path,
        body=body,
        headers=headers,
        timeout=urllib3.Timeout(total=remaining()),
        retries=False,
        redirect=False,
        assert_same_host=False,
        preload_content=False,
    )


def pool_manager(saw_certificate: SawCertificate, **options: Any) -> urllib3.PoolManager:
    """urllib3's pools, with connections that keep the deadline of `within`."""
    pools = urllib3.PoolManager(**options)
    pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _tls_pool(saw_certificate)}
    return pools


class DeadlineHTTPAdapter(HTTPAdapter):
    """For a requests Session: every exchange ends within the deadline, connect and send too."""

    def __init__(self, saw_certificate: SawCertificate) -> None:
        self._saw_certificate = saw_certificate
        super().__init__()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kw: Any
    ) -> None:
        self.poolmanager = pool_manager(
            self._saw_certificate, num_pools=connections, maxsize=maxsize, block=block, **kw
        )

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        return super().send(request, stream, remaining() or timeout, verify, cert, proxies)
