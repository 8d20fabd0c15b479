"""Vault's wire: one exchange under a deadline, tried on each of several addresses.

What comes out is a status and a body, `VaultUnavailable` (surely nothing was done), or
`WriteUnconfirmed` (what was to be written may have been).
"""

import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from app.adapters.causes import in_words
from app.adapters.connection_failures import ConnectionFailures
from app.adapters.deadline import expired, pool_manager, remaining, send_once, within
from app.adapters.vault.breaker import VaultBreaker
from app.adapters.vault.places import Places
from app.errors import VaultUnavailable, WriteUnconfirmed
from app.observability.upstreams import saw_certificate

READS = frozenset({"GET", "LIST", "HEAD"})
_MOST_BYTES = 8 * 1024 * 1024
_CONNECTIONS = 16
_DOCUMENT = "/data/"
_REDIRECTS = frozenset({301, 302, 307, 308})
# A rate limit, or a node that is none for this request: refused before anything was done.
_REFUSALS = frozenset({412, 429, 472, 473, 474})
_NO_LEADER = (b"active cluster node not found", b"is sealed", b"in standby mode")
_log = logging.getLogger(__name__)
_failures = ConnectionFailures("vault")
_saw_certificate = partial(saw_certificate, "vault")


class _Elsewhere(Exception):
    """This address did not do it; `perhaps`: or did, and could not say so. `cause`: why there was
    no connection."""

    def __init__(self, perhaps: bool = False, cause: str | None = None) -> None:
        self.perhaps = perhaps
        self.cause = cause


class VaultAddresses:
    """The servers at `VAULT_ADDR`, and the one that answered last; shared by all identities.
    `most_calls`: how many may wait at a time while Vault is slow.

    Connections are made per process: one that crossed a fork would mix answers between workers.
    """

    def __init__(
        self,
        addresses: tuple[str, ...],
        timeout: float,
        cacert: str | None,
        most_calls: int | None = None,
    ) -> None:
        self._addresses = tuple(address.rstrip("/") for address in addresses)
        self._prefixes = tuple(urlsplit(address).path for address in self._addresses)
        self._timeout = timeout
        self._options = {"maxsize": _CONNECTIONS, "retries": False, "ca_certs": cacert}
        self._preferred = self._told = 0
        self._pid: int | None = None
        self._pools: list[urllib3.HTTPConnectionPool] = []
        self._breaker, self._places = VaultBreaker(), Places(most_calls)

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and body. A write that may have been done is tried on the next address too: those
        that must not happen twice are guarded by check-and-set."""
        perhaps, cause = False, None
        # To write a document is the end of what somebody has done; strangers can cause all else.
        writes = method not in READS and _DOCUMENT in path
        with self._places.one(needed=writes), within(self._timeout), self._breaker.around():
            for position, share in self._order():
                if expired():
                    break
                try:
                    with within((remaining() or self._timeout) * share):
                        answer = self._ask(position, method, path, body, headers)
                except _Elsewhere as miss:
                    perhaps, cause = perhaps or miss.perhaps, miss.cause or cause
                except WriteUnconfirmed:
                    # Not sent elsewhere, but whoever comes next had better begin there.
                    self._preferred = position + 1
                    raise
                else:
                    self._prefer(position)
                    return answer
        if perhaps:
            raise WriteUnconfirmed
        raise VaultUnavailable(why=in_words(cause) if cause else None)

    def wait(self, is_over: Callable[[float], bool]) -> None:
        """Wait for another thread's call: see `Places.wait`."""
        self._places.wait(is_over)

    def _prefer(self, position: int) -> None:
        self._preferred = position
        if position != self._told:
            self._told = position
            _log.warning("another Vault answers now: %s", self._addresses[position])

    def _order(self) -> list[tuple[int, float]]:
        """Which address, and its share of the time left: one that hangs leaves half to the rest."""
        first, number = self._preferred, len(self._addresses)
        turns = ((first + turn) % number for turn in range(number))
        return [(position, 0.5 if turn < number else 1) for turn, position in enumerate(turns, 1)]

    def _ask(
        self, position: int, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One address's answer; raises `_Elsewhere` where the next one may be asked."""
        pool, path = self._own_pools()[position], self._prefixes[position] + path
        try:
            status, content = self._exchange(pool, method, path, body, headers)
        except (HTTPError, OSError) as error:
            cause = _failures.add(error, self._addresses[position])
            if method in READS or isinstance(error, NewConnectionError | ConnectTimeoutError):
                raise _Elsewhere(cause=cause) from None
            raise WriteUnconfirmed from None
        _take_or_pass(method, status, content)
        return status, content

    def _exchange(
        self,
        pool: urllib3.HTTPConnectionPool,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> tuple[int, bytes]:
        response = send_once(pool, method, path, body, headers)
        try:
            content = response.read(_MOST_BYTES)
        except BaseException:
            response.close()
            raise
        # What is longer was cut, cannot be read as JSON, and its rest is on the connection still.
        if len(content) < _MOST_BYTES:
            response.release_conn()
        else:
            response.close()
        self._breaker.heard()
        return response.status, content

    def _own_pools(self) -> list[urllib3.HTTPConnectionPool]:
        """A pool for each address. urllib3's manager would look it up anew for each call, and that
        is a quarter of what the call costs."""
        if self._pid != os.getpid():
            manager = pool_manager(_saw_certificate, **self._options)
            self._pools = [manager.connection_from_url(address) for address in self._addresses]
            self._pid = os.getpid()
        return self._pools


def _take_or_pass(method: str, status: int, content: bytes) -> None:
    """Returns for an answer that is one. A standby that lost its leader in the middle of a write
    answers with a redirect or a 503, whether the write was done or not."""
    if status < 500 and status not in _REDIRECTS | _REFUSALS:
        return
    if method in READS or status in _REFUSALS or any(text in content for text in _NO_LEADER):
        raise _Elsewhere
    if status in _REDIRECTS or status == 503:
        raise _Elsewhere(perhaps=True)
    raise WriteUnconfirmed
