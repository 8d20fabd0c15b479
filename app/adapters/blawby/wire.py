"""Blawby's wire: one exchange under a deadline, at most 1 MB, never redirected or repeated.

What matters for money is told by the error: `Unsent` (nothing can have been done) or `AnswerLost`
(it may have been).
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import requests
import urllib3

from app.adapters.connection_failures import ConnectionFailures
from app.adapters.deadline import DeadlineHTTPAdapter, expired, within
from app.domain.secret import SecretString
from app.errors import BlawbyUnavailable, OutcomeUnknown
from app.observability import correlation
from app.observability.upstreams import saw_certificate

_MOST_BYTES = 1 << 20
_PIECE = 1 << 16
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_failures = ConnectionFailures("blawby")
_saw_certificate = partial(saw_certificate, "blawby")
_LEAST_PAUSE, _USUAL_PAUSE, _LONGEST_PAUSE = 1, 60, 3600


class Unsent(BlawbyUnavailable):
    """No connection came about. `slow`: it took all the time there was."""

    def __init__(self, slow: bool = False) -> None:
        super().__init__()
        self.slow = slow


class AnswerLost(OutcomeUnknown):
    """It was sent, and no clear answer came. `answered`: the server did answer, with a 5xx."""

    def __init__(self, slow: bool = False, answered: bool = False) -> None:
        super().__init__()
        self.slow = slow
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    parameters: Mapping[str, str] | None = None
    body: bytes | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    retry_after: int
    """Seconds, as a 429 asked for them."""


class BlawbyWire:
    """Speaks through requests' transport adapters, not through a Session.

    A Session would keep one team's cookies for the next, take credentials from netrc, and even
    where it does not follow a redirect read its whole body and parse its target. Adapters are kept
    per thread, and made anew in a forked process.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._own = threading.local()

    def exchange(self, api_key: SecretString, call: Call) -> Answer:
        """Raises `Unsent` or `AnswerLost`; a 5xx counts as lost."""
        request = self._prepared(api_key, call)
        with within(self._timeout):
            if expired():
                raise Unsent(slow=True)
            try:
                answer = self._send(request)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                _failures.add(error, self._base_url)
                raise _meaning(error) from None
        if answer.status >= requests.codes.server_error:
            raise AnswerLost(answered=True)
        return answer

    def _prepared(self, api_key: SecretString, call: Call) -> requests.PreparedRequest:
        url = self._base_url + call.path
        request = requests.Request(
            call.method, url, _headers(api_key, call), data=call.body, params=call.parameters
        )
        try:
            return request.prepare()
        except requests.RequestException:
            raise Unsent from None

    def _send(self, request: requests.PreparedRequest) -> Answer:
        response = self._adapter().send(request, stream=True, timeout=self._timeout)
        with response:
            return Answer(response.status_code, _content(response), _pause(response.headers))

    def _adapter(self) -> DeadlineHTTPAdapter:
        if getattr(self._own, "pid", None) != os.getpid():
            self._own.adapter = DeadlineHTTPAdapter(_saw_certificate)
            self._own.pid = os.getpid()
        adapter: DeadlineHTTPAdapter = self._own.adapter
        return adapter


def _headers(api_key: SecretString, call: Call) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {api_key.reveal()}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "team-secrets",
        **correlation.headers(),
    }
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    if call.idempotency_key:
        headers["Idempotency-Key"] = call.idempotency_key
    return headers


def _content(response: requests.Response) -> bytes:
    """What is longer than we read is cut, and so can't be read as JSON."""
    content = bytearray()
    for piece in response.iter_content(_PIECE):
        content += piece
        if len(content) >= _MOST_BYTES:
            break
    return bytes(content)


def _meaning(error: Exception) -> Unsent | AnswerLost:
    slow = expired() or isinstance(error, requests.Timeout)
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return Unsent(slow) if isinstance(reason, _NEVER_SENT) else AnswerLost(slow)


def _pause(headers: Mapping[str, str]) -> int:
    """`Retry-After`, in seconds or as a date, within reason."""
    told = headers.get("Retry-After", "")
    if told.isascii() and told.isdigit():
        seconds = int(told[:6])
    else:
        try:
            seconds = round((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError):
            seconds = _USUAL_PAUSE
    return max(_LEAST_PAUSE, min(seconds, _LONGEST_PAUSE))
