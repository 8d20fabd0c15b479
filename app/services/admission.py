"""Limits for anonymous requests: a flood is rejected before it reaches Vault.

Every request to the agent and to login takes one from its client's budget (`ADDRESS_RATE_LIMIT`). A
request in vain (an unknown team, a rejected login or token) takes nine more, because each of these
costs Vault several lines of its audit log. Callers whose token Vault accepted lately are not
counted, so that a flood of bad tokens from one address does not lock out good ones.
"""

import time
from collections.abc import Callable

from limits import RateLimitItem

from app.domain.secret import SecretString
from app.errors import RateLimited, Unauthenticated
from app.ports import Logins, RateCounter
from app.services.token_memory import TokenMemory

_IN_VAIN = 9
_ACCEPTED_SECONDS = 600
_REFUSED_SECONDS = 5


class Admission:
    """One budget for each client over all teams, roles and public routes."""

    def __init__(
        self,
        counter: RateCounter,
        rule: RateLimitItem,
        logins: Logins,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counter = counter
        self._rule = rule
        self._logins = logins
        self._accepted = TokenMemory(_ACCEPTED_SECONDS, clock)
        self._refused = TokenMemory(_REFUSED_SECONDS, clock)

    def admit_client(self, client: str) -> None:
        """Counts one request. Raises `RateLimited` when the budget is used up."""
        if seconds := self._counter.wait(self._rule, client):
            raise RateLimited(retry_after=seconds)

    def was_in_vain(self, client: str) -> None:
        """Count a request for something that does not exist, or that Vault denied."""
        self._counter.wait(self._rule, client, cost=_IN_VAIN)

    def admit_token(self, client: str, token: SecretString) -> None:
        """Admit a token to Vault. Raises `Unauthenticated` for one that Vault rejected seconds ago
        or that is a wrapping token, and `RateLimited` for an unknown one from a client whose budget
        is used up."""
        if token in self._accepted:
            return
        if token in self._refused:
            raise Unauthenticated
        if seconds := self._counter.wait(self._rule, client, cost=0):
            raise RateLimited(retry_after=seconds)
        if self._logins.is_wrapping_token(token):
            # Any other use would spend it, and its owner would suspect a theft.
            self.token_refused(client, token)
            raise Unauthenticated("This is a wrapping token: unwrap it first.")

    def token_accepted(self, token: SecretString) -> None:
        self._accepted.add(token)

    def token_refused(self, client: str, token: SecretString) -> None:
        """Vault does not know the token. A token that it accepted before is not remembered as
        rejected."""
        if token in self._accepted:
            self._accepted.forget(token)
        else:
            self._refused.add(token)
        self._counter.wait(self._rule, client, cost=1 + _IN_VAIN)
