"""One team's account at Blawby: calls with its key, behind its guards, read for what they mean.

what came back                     a read             a creation
no connection                      BlawbyUnavailable  BlawbyUnavailable
no answer in time                  BlawbyTimeout      OutcomeUnknown
no answer, 5xx, or unreadable      BlawbyUnavailable  OutcomeUnknown
401, 403                           KeyRejected        KeyRejected
429                                BlawbyRateLimited  BlawbyRateLimited
409; 3xx other than 307 and 308    BlawbyUnavailable  OutcomeUnknown
any other                          BlawbyUnavailable  BlawbyUnavailable
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from app.adapters.blawby.answers import is_object
from app.adapters.blawby.guards import Guards
from app.adapters.blawby.wire import Answer, AnswerLost, BlawbyWire, Call, Unsent
from app.domain.ids import TeamId, TeamUlid
from app.domain.secret import SecretString
from app.errors import (
    BlawbyRateLimited,
    BlawbyTimeout,
    BlawbyUnavailable,
    KeyRejected,
    OutcomeUnknown,
)

_READINGS = 3
_ANSWERS_TO_A_CREATION = (*range(200, 300), HTTPStatus.UNPROCESSABLE_ENTITY)
_REDIRECTS = range(300, 400)
_NOT_PROCESSED = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)


@dataclass(frozen=True, slots=True)
class BlawbyAccount:
    wire: BlawbyWire
    guards: Guards
    team_id: TeamId
    team_ulid: TeamUlid
    api_key: SecretString

    def read(self, path: str = "", parameters: Mapping[str, str] | None = None) -> Answer:
        """Return the answer if it is a 200 or a 404. Repeats at most twice, and never after a slow
        call."""
        retrying = Retrying(
            stop=stop_after_attempt(_READINGS),
            wait=wait_random_exponential(multiplier=0.05, max=0.3),
            retry=retry_if_exception(_is_quick_failure),
            reraise=True,
        )
        try:
            answer = retrying(self._exchange, Call("GET", self._path(path), parameters))
        except AnswerLost as lost:
            failure = BlawbyTimeout if lost.slow else BlawbyUnavailable
            raise failure from None
        self._raise_refusal(answer)
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise BlawbyUnavailable
        return answer

    def create(
        self, path: str, document: Mapping[str, Any], idempotency_key: str | None = None
    ) -> Answer:
        """Return the answer if it is a 2xx or a 422. Sends the request exactly once."""
        body = json.dumps(document).encode()
        call = Call("POST", self._path(path), None, body, idempotency_key)
        return self._created(self._exchange(call))

    def create_beside(self, path: str, document: Mapping[str, Any]) -> Answer:
        """The same for calls that no client waits for: without a place and without the breakers.
        Returns Blawby's own 404, too; one that is no JSON is a proxy's."""
        call = Call("POST", self._path(path), None, json.dumps(document).encode())
        with self.guards.beside(self.team_id):
            answer = self.wire.exchange(self.api_key, call)
        absent = answer.status == HTTPStatus.NOT_FOUND and is_object(answer.content)
        return answer if absent else self._created(answer)

    def place(self) -> AbstractContextManager[None]:
        return self.guards.place()

    def _created(self, answer: Answer) -> Answer:
        self._raise_refusal(answer)
        redirected = answer.status in _REDIRECTS and answer.status not in _NOT_PROCESSED
        if redirected or answer.status == HTTPStatus.CONFLICT:
            raise OutcomeUnknown
        if answer.status not in _ANSWERS_TO_A_CREATION:
            raise BlawbyUnavailable
        return answer

    def _path(self, below: str) -> str:
        return f"/api/v1/teams/{self.team_ulid}{below}"

    def _exchange(self, call: Call) -> Answer:
        with self.guards.around(self.team_id):
            return self.wire.exchange(self.api_key, call)

    def _raise_refusal(self, answer: Answer) -> None:
        """A 403 that is no JSON is a firewall's word about us, not Blawby's about the key."""
        forbidden = answer.status == HTTPStatus.FORBIDDEN and is_object(answer.content)
        if answer.status == HTTPStatus.UNAUTHORIZED or forbidden:
            raise KeyRejected
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.guards.pause(self.team_id, answer.retry_after)
            raise BlawbyRateLimited(retry_after=answer.retry_after)


def _is_quick_failure(error: BaseException) -> bool:
    return isinstance(error, (Unsent, AnswerLost)) and not error.slow
