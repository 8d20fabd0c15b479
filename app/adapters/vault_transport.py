"""Vault's wire: one exchange under a deadline, tried on each of several addresses, translated once.

hvac builds the paths and bodies; this adapter of its takes the place of its default one, which has
no total deadline, follows redirects with the token, and lets the environment's proxies in. What
comes out is an answer's JSON object, an `app.errors` error, or hvac's `InvalidPath` (404) and
`InvalidRequest` (400), which the stores next door turn into their own terms.
"""

import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3
from hvac import exceptions as vault_answers
from hvac.adapters import Adapter

from app.adapters.deadline import expired, pool_manager, remaining, within
from app.errors import Forbidden, Unauthenticated, VaultUnavailable, WriteUnconfirmed
from app.secret import SecretString

_READS = frozenset({"GET", "LIST", "HEAD"})
_LOOKUP_SELF = "/v1/auth/token/lookup-self"
_MOST_BYTES = 8 * 1024 * 1024
_NO_LEADER = (b"active cluster node not found", b"is sealed", b"standby")


class VaultAddresses:
    """The servers at `VAULT_ADDR`, and the one that answered last; shared by all identities.

    Connections are made per process: one that crossed a fork would mix answers between workers.
    """

    def __init__(
        self, addresses: tuple[str, ...], timeout: float, cacert: str | None, connections: int = 16
    ) -> None:
        self._addresses = tuple(address.rstrip("/") for address in addresses)
        self._timeout = timeout
        self._options = {"maxsize": connections, "retries": False, "ca_certs": cacert}
        self._preferred = 0
        self._pid = 0
        self._pools: urllib3.PoolManager = pool_manager()

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and body. `WriteUnconfirmed` when a write went out and no clear answer came."""
        with within(self._timeout):
            for turn in range(len(self._addresses)):
                position = (self._preferred + turn) % len(self._addresses)
                answer = self._try(position, method, path, body, headers)
                if answer is not None:
                    self._preferred = position
                    return answer
                if expired():
                    break
        raise VaultUnavailable

    def _try(
        self, position: int, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes] | None:
        """One address's answer, or None where the next may be asked: surely nothing was done."""
        url = self._addresses[position] + path
        share = 1.0 if position == self._last_position() else 0.5
        try:
            with within((remaining() or self._timeout) * share):
                status, content = self._exchange(method, url, body, headers)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return None
        except (urllib3.exceptions.HTTPError, OSError):
            if method in _READS:
                return None
            raise WriteUnconfirmed from None
        if status in {301, 302, 307, 308}:
            return None
        if status >= 500 or status in {412, 429, 472, 473, 474}:
            if method in _READS or status == 503 or any(text in content for text in _NO_LEADER):
                return None
            raise WriteUnconfirmed
        return status, content

    def _exchange(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        response = self._own_pools().urlopen(
            method,
            url,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(total=remaining()),
            redirect=False,
            preload_content=False,
        )
        try:
            content = response.read(_MOST_BYTES)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return response.status, content

    def _last_position(self) -> int:
        return (self._preferred - 1) % len(self._addresses)

    def _own_pools(self) -> urllib3.PoolManager:
        if self._pid != os.getpid():
            self._pools = pool_manager(**self._options)
            self._pid = os.getpid()
        return self._pools


class VaultTransport(Adapter):
    """One identity's way to Vault, for hvac's API classes; without a token it is nobody's."""

    def __init__(
        self, addresses: VaultAddresses, token: SecretString | None, namespace: str | None = None
    ) -> None:
        self._addresses = addresses
        self._headers = {"X-Vault-Request": "true", "Content-Type": "application/json"}
        if namespace:
            self._headers["X-Vault-Namespace"] = namespace
        if token:
            self._headers["X-Vault-Token"] = token.reveal()

    def carries(self, token: SecretString) -> bool:
        return SecretString(self._headers.get("X-Vault-Token", "")) == token

    def get_login_token(self, response: Any) -> str:
        return str(response["auth"]["client_token"])

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        raise_exception: bool = True,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The answer's JSON object; an empty one for 204."""
        sent = {**self._headers, **(headers or {})}
        if wrap_ttl := kwargs.get("wrap_ttl"):
            sent["X-Vault-Wrap-TTL"] = str(wrap_ttl)
        if parameters := {k: v for k, v in (kwargs.get("params") or {}).items() if v is not None}:
            url = f"{url}?{urlencode(parameters)}"
        document = kwargs.get("json")
        body = None if document is None else json.dumps(document).encode()
        status, content = self._addresses.send(method.upper(), url, body, sent)
        return self._read(status, content, url)

    def _read(self, status: int, content: bytes, url: str) -> dict[str, Any]:
        if status == 403:
            raise self._refusal(url)
        if status == 204:
            return {}
        try:
            answer = json.loads(content)
        except ValueError:
            raise VaultUnavailable from None
        if not isinstance(answer, dict):
            raise VaultUnavailable
        if status in {400, 404}:
            raise vault_answers.VaultError.from_status(status, errors=_errors(answer), json=answer)
        if status != 200:
            raise VaultUnavailable
        return answer

    def _refusal(self, url: str) -> Unauthenticated | Forbidden:
        """Vault says 403 for a bad token and for a policy's no alike; asking who one is tells."""
        if url == _LOOKUP_SELF:
            return Unauthenticated()
        try:
            self.request("get", _LOOKUP_SELF)
        except Unauthenticated as refusal:
            return refusal
        return Forbidden()


def _errors(answer: dict[str, Any]) -> list[str]:
    errors = answer.get("errors")
    return [str(error) for error in errors] if isinstance(errors, list) else []
