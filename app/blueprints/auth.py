"""Login at Vault's AppRole, passed on."""

import logging
from typing import Any

from flask import g, request

from app.domain.login import Login
from app.domain.secret import SecretString
from app.errors import Unauthenticated
from app.ports import Logins
from app.schemas.auth import LoginSchema, SessionSchema, UnwrappedSchema, UnwrapSchema
from app.services.rate_limits import RateLimit
from app.web.client_address import client_address
from app.web.envelope import Blueprint
from app.web.requests import bearer_token, this_request

_log = logging.getLogger(__name__)


def blueprint(logins: Logins, limit: RateLimit) -> Blueprint:
    blp = Blueprint("auth", __name__, url_prefix="/api/auth", description="Login and logout")

    @blp.post("/login")
    @blp.arguments(LoginSchema)
    @blp.response(200, SessionSchema)
    def login(body: dict[str, Any]) -> Login:
        """Log in with a role id and a secret id."""
        limit.admit(client_address(this_request()), body["roleId"])
        return logins.login(body["roleId"], body["secretId"])

    @blp.post("/unwrap")
    @blp.arguments(UnwrapSchema)
    @blp.response(200, UnwrappedSchema)
    def unwrap(body: dict[str, Any]) -> dict[str, SecretString]:
        """Turn a wrapping token into its secret id, once."""
        limit.admit(client_address(this_request()), "unwrap")
        try:
            return {"secretId": logins.unwrap(body["wrappingToken"])}
        except Unauthenticated:
            # Used up before its owner came: somebody else may have the secret id.
            told = {"address": request.remote_addr, "request_id": g.request_id}
            _log.warning("wrapping token refused", extra=told)
            raise

    @blp.post("/logout")
    @blp.doc(security=[{"token": []}])
    @blp.response(204)
    def logout() -> None:
        """Revoke the token that asks."""
        token = bearer_token()
        if token is None:
            raise Unauthenticated
        logins.logout(token)

    return blp
