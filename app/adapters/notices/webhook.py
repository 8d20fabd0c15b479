"""A webhook's POST: https only, to public addresses, no redirect, bounded in time and size."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from app.adapters.causes import cause_of
from app.adapters.deadline import pool_manager, remaining, send_once, within
from app.adapters.notices.hosts import resolved
from app.domain.notice import NoticeFailed

_SECONDS = 10.0
_MOST_BYTES = 64 * 1024
_BODY_SECONDS = 2.0
_TLS = ("tls_unknown_ca", "tls_expired", "tls_wrong_name", "tls_other")
_NOT_CONNECTED = (NewConnectionError, ConnectTimeoutError)
_IN_A_WORD = {"timeout": "timed out"} | dict.fromkeys(_TLS, "certificate")


class PublicWebhooks:
    """Implements `WebhookSender`. `allow_loopback` is for development alone. `addresses` resolves a
    host's name, as `hosts.resolved` does."""

    def __init__(
        self,
        allow_loopback: bool = False,
        cacert: str | None = None,
        addresses: Callable[[str, int, bool], Sequence[str]] = resolved,
    ) -> None:
        self._allow_loopback, self._cacert = allow_loopback, cacert or DEFAULT_CA_BUNDLE_PATH
        self._addresses = addresses

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        with within(_SECONDS):
            status = self._exchange(url, body, headers)
        if not 200 <= status < 300:
            raise NoticeFailed(f"status {status}")

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Tries the host's addresses in turn until one is connected to: a machine without IPv6 may
        be given an IPv6 address first."""
        host, port, path = _parts(url)
        sent = {**headers, "Host": host if port == 443 else f"{host}:{port}"}
        addresses = self._addresses(host, port, self._allow_loopback)
        failure: Exception = OSError()
        for tried, address in enumerate(addresses):
            share = (remaining() or _SECONDS) / (len(addresses) - tried)
            try:
                with within(share), self._connected(host, address, port) as pool:
                    return _posted(pool, path, body, sent)
            except _NOT_CONNECTED as error:
                failure = error
            except (HTTPError, OSError) as error:
                raise _failed(error) from None
        raise _failed(failure) from None

    @contextmanager
    def _connected(
        self, host: str, address: str, port: int
    ) -> Iterator[urllib3.HTTPConnectionPool]:
        # The certificate has to be the name's, though the connection goes to the address.
        names: dict[str, Any] = {"server_hostname": host, "assert_hostname": host}
        pools = pool_manager(_ignored, num_pools=1, retries=False, ca_certs=self._cacert, **names)
        pool = pools.connection_from_host(address, port, "https")
        try:
            yield pool
        finally:
            pool.close()


def _posted(
    pool: urllib3.HTTPConnectionPool, path: str, body: bytes, headers: Mapping[str, str]
) -> int:
    """The status decides. The body is read for a moment, because some servers end a script whose
    client has gone; it is not unpacked."""
    response = send_once(pool, "POST", path, body, headers)
    with suppress(HTTPError, OSError), within(_BODY_SECONDS):
        response.read(_MOST_BYTES, decode_content=False)
    response.close()
    return int(response.status)


def _failed(error: Exception) -> NoticeFailed:
    return NoticeFailed(_IN_A_WORD.get(cause_of(error), "no answer"))


def _ignored(_certificate: object) -> None:
    """The certificates of teams' servers are theirs to renew."""


def _parts(url: str) -> tuple[str, int, str]:
    """Return host, port and path with query. Validates everything again, because configurations may
    be written by hand. Raises `NoticeFailed`."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("ascii").decode(), parts.port or 443
    except ValueError:
        raise NoticeFailed("bad URL") from None
    if parts.scheme != "https" or not host or parts.username is not None or not url.isprintable():
        raise NoticeFailed("bad URL")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
