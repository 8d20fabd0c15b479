"""Vault's answers, translated once: hvac builds the paths and bodies, this reads what comes back.

It takes the place of hvac's default adapter, which has no total deadline, follows redirects with
the token, and lets the environment's proxies in. It returns an answer's JSON object or raises
an `app.errors` error. `NothingThere` (404) and `Refused` (400) are hvac's errors too, because its
API classes catch those; the stores next door turn them into their own terms.
"""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from hvac.adapters import Adapter
from hvac.exceptions import InvalidPath, InvalidRequest

from app.adapters.vault.addresses import READS, VaultAddresses
from app.domain.secret import SecretString
from app.errors import (
    Forbidden,
    TokenUnclear,
    Unauthenticated,
    UpstreamFailure,
    VaultUnavailable,
    WriteUnconfirmed,
)
from app.observability import correlation
from app.observability.upstreams import vault_calls

_LOOKUP_SELF = "/v1/auth/token/lookup-self"
_POLICYS_NO = "1 error occurred"
_KV_OPERATIONS = {"GET": "kv_read", "LIST": "kv_list", "DELETE": "kv_delete"}
_REMOVALS = frozenset({"delete", "destroy", "undelete"})


class NothingThere(UpstreamFailure, InvalidPath):
    """Vault's 404. `json` is its body: hvac tells a deleted version by it."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.json = answer


class Refused(UpstreamFailure, InvalidRequest):
    """Vault's 400. `errors` are its words, to be compared and never repeated."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__()
        self.errors = errors


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
        sent = {**self._headers, **correlation.headers(), **(headers or {})}
        if wrap_ttl := kwargs.get("wrap_ttl"):
            sent["X-Vault-Wrap-TTL"] = str(wrap_ttl)
        if parameters := {k: v for k, v in (kwargs.get("params") or {}).items() if v is not None}:
            url = f"{url}?{urlencode(parameters)}"
        document = kwargs.get("json")
        body = None if document is None else json.dumps(document).encode()
        method = method.upper()
        began, outcome = time.perf_counter(), "unavailable"
        try:
            status, content = self._addresses.send(method, url, body, sent)
            answer = self._read(method, url, status, content)
            outcome = "ok"
        except (UpstreamFailure, Unauthenticated, Forbidden) as error:
            outcome = _outcome(error)
            raise
        finally:
            vault_calls.observe(operation_of(method, url), outcome, began)
        return answer

    def _read(self, method: str, url: str, status: int, content: bytes) -> dict[str, Any]:
        if status == 204:
            return {}
        answer = _object(content)
        if status == 200 and _is_vaults(method, answer):
            return answer
        if status == 403 and "errors" in answer:
            raise self._refusal(url, answer)
        if status == 400 and "errors" in answer:
            raise Refused(_errors(answer))
        if status == 404 and _says_absent(answer):
            raise NothingThere(answer)
        raise WriteUnconfirmed if status == 200 and method not in READS else VaultUnavailable

    def _refusal(self, url: str, answer: dict[str, Any]) -> Unauthenticated | Forbidden:
        """Vault says 403 for a bad token and for a policy's no alike; asking who one is tells. A
        token that may not even be looked up gets a policy's no there, which Vault words as one."""
        if url == _LOOKUP_SELF:
            policy = any(_POLICYS_NO in text for text in _errors(answer))
            return TokenUnclear() if policy else Unauthenticated()
        try:
            self.request("get", _LOOKUP_SELF)
        except Unauthenticated as refusal:
            return refusal
        return Forbidden()


def operation_of(method: str, url: str) -> str:
    """One of `upstreams.VAULT_OPERATIONS`, by the place in Vault and never by a team's part."""
    path = url.partition("?")[0]
    _, _, mount, kind, *_ = [*path.split("/", 4), "", ""]
    if mount == "auth":
        by_kind = "login" if path.endswith("/login") else "identity"
        return "token" if kind == "token" else by_kind
    if mount == "identity":
        return "identity"
    if mount == "sys":
        return "wrapping" if kind == "wrapping" else "other"
    if kind in _REMOVALS:
        return "kv_delete"
    return _KV_OPERATIONS.get(method, "kv_write")


def _outcome(error: Exception) -> str:
    if isinstance(error, NothingThere):
        return "absent"
    if isinstance(error, Refused):
        return "rejected"
    if isinstance(error, WriteUnconfirmed):
        return "unconfirmed"
    return "forbidden" if isinstance(error, Unauthenticated | Forbidden) else "unavailable"


def _object(content: bytes) -> dict[str, Any]:
    """An empty one for what is no JSON object: a proxy's page, a cut answer."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_vaults(method: str, answer: dict[str, Any]) -> bool:
    """Whether it has what each success of Vault's has: what is read has `data`, too."""
    return "request_id" in answer and (method not in READS or isinstance(answer.get("data"), dict))


def _says_absent(answer: dict[str, Any]) -> bool:
    """Nothing there: no error is told, or a deleted version's metadata. A route that is not there
    (a mount away, a node still waking up, somebody else's 404) says nothing of what lies below."""
    return answer.get("errors") == [] or isinstance(answer.get("data"), dict)


def _errors(answer: dict[str, Any]) -> list[str]:
    errors = answer.get("errors")
    return [str(error) for error in errors] if isinstance(errors, list) else []
