"""A webhook's POST: https only, to public addresses, no redirect, bounded in time and size."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError

from app.adapters.causes import cause_of
from app.adapters.deadline import pool_manager, remaining, within
from app.adapters.notices.hosts import resolved
from app.domain.notice import NoticeFailed

_SECONDS = 10.0
_MOST_BYTES = 64 * 1024
_TLS = ("tls_unknown_ca", "tls_expired", "tls_wrong_name", "tls_other")
_IN_A_WORD = {"timeout": "timed out"} | dict.fromkeys(_TLS, "certificate")


class PublicWebhooks:
    """Implements `WebhookSender`. `allow_loopback` is for development alone."""

    def __init__(self, allow_loopback: bool = False, cacert: str | None = None) -> None:
        self._allow_loopback, self._cacert = allow_loopback, cacert or DEFAULT_CA_BUNDLE_PATH

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        with within(_SECONDS):
            status = self._exchange(url, body, headers)
        if not 200 <= status < 300:
            raise NoticeFailed(f"status {status}")

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        host, port, path = _parts(url)
        address = resolved(host, port, self._allow_loopback)
        # The certificate has to be the name's, though the connection goes to the address.
        names: dict[str, Any] = {"server_hostname": host, "assert_hostname": host}
        pools = pool_manager(_ignored, num_pools=1, retries=False, ca_certs=self._cacert, **names)
        pool = pools.connection_from_host(address, port, "https")
        try:
            response = pool.urlopen(
                "POST",
                path,
                body=body,
                headers={**headers, "Host": host if port == 443 else f"{host}:{port}"},
                timeout=urllib3.Timeout(total=remaining()),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
            response.read(_MOST_BYTES)
            response.close()
        except (HTTPError, OSError) as error:
            raise NoticeFailed(_IN_A_WORD.get(cause_of(error), "no answer")) from None
        finally:
            pool.close()
        return int(response.status)


def _ignored(_certificate: object) -> None:
    """The certificates of teams' servers are theirs to renew."""


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port, path with query. Configurations may be written by hand: all is looked at again
    here. Raises `NoticeFailed`."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("ascii").decode(), parts.port or 443
    except ValueError:
        raise NoticeFailed("bad URL") from None
    if parts.scheme != "https" or not host or parts.username is not None or not url.isprintable():
        raise NoticeFailed("bad URL")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
