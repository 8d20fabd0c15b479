"""Logging in and out at Vault, for people and for teams' own systems."""

import logging

from app.domain.login import Login
from app.domain.secret import SecretString
from app.errors import Unauthenticated
from app.ports import Logins
from app.services.admission import Admission
from app.services.rate_limits import RateLimit

_log = logging.getLogger(__name__)


class Sessions:
    """`limit` counts a client's logins to one role. Each failure also counts as in vain."""

    def __init__(self, logins: Logins, limit: RateLimit, admission: Admission) -> None:
        self._logins = logins
        self._limit = limit
        self._admission = admission

    def login(self, client: str, role_id: str, secret_id: SecretString) -> Login:
        self._limit.admit(client, role_id)
        try:
            login = self._logins.login(role_id, secret_id)
        except Unauthenticated:
            self._admission.was_in_vain(client)
            raise
        self._admission.token_accepted(login.token)
        return login

    def unwrap(self, client: str, wrapping_token: SecretString) -> SecretString:
        self._limit.admit(client, "unwrap")
        try:
            return self._logins.unwrap(wrapping_token)
        except Unauthenticated:
            # It was used before its owner: somebody else may have the secret id.
            _log.warning("wrapping token refused", extra={"address": client})
            self._admission.was_in_vain(client)
            raise

    def renew(self, client: str, token: SecretString) -> int:
        """Return the remaining seconds of the token's life. Raises `ValidationFailed` if it cannot
        be renewed."""
        self._admission.admit_token(client, token)
        try:
            seconds = self._logins.renew(token)
        except Unauthenticated:
            self._admission.token_refused(client, token)
            raise
        self._admission.token_accepted(token)
        return seconds

    def logout(self, client: str, token: SecretString) -> None:
        self._admission.admit_token(client, token)
        try:
            self._logins.logout(token)
        except Unauthenticated:
            self._admission.token_refused(client, token)
            raise
