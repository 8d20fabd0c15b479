"""Login at Vault's AppRole, passed on."""

from typing import Any

from app.domain.login import Login
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, ValidationFailed
from app.schemas.auth import (
    LoginSchema,
    RenewedSchema,
    SessionSchema,
    UnwrappedSchema,
    UnwrapSchema,
)
from app.services.sessions import Sessions
from app.web.client_address import client_address
from app.web.described_failures import fails
from app.web.description import SECURITY
from app.web.envelope import Blueprint
from app.web.requests import bearer_token, this_request


def blueprint(sessions: Sessions) -> Blueprint:
    blp = Blueprint("auth", __name__, url_prefix="/api/auth", description="Login and logout")

    @blp.post("/login")
    @blp.arguments(LoginSchema)
    @blp.response(200, SessionSchema)
    @fails(Unauthenticated)
    def login(body: dict[str, Any]) -> Login:
        """Log in with a role id and a secret id."""
        return sessions.login(_client(), body["roleId"], body["secretId"])

    @blp.post("/unwrap")
    @blp.arguments(UnwrapSchema)
    @blp.response(200, UnwrappedSchema)
    @fails(Unauthenticated)
    def unwrap(body: dict[str, Any]) -> dict[str, SecretString]:
        """Turn a wrapping token into its secret id, once."""
        return {"secretId": sessions.unwrap(_client(), body["wrappingToken"])}

    @blp.post("/renew")
    @blp.doc(security=SECURITY)
    @blp.response(200, RenewedSchema)
    @fails(Unauthenticated, Forbidden, ValidationFailed)
    def renew() -> dict[str, int]:
        """Extend the life of the caller's token, up to its maximum."""
        return {"expires_in": sessions.renew(_client(), _token())}

    @blp.post("/logout")
    @blp.doc(security=SECURITY)
    @blp.response(204)
    @fails(Unauthenticated, ValidationFailed)
    def logout() -> None:
        """Revoke the caller's token."""
        sessions.logout(_client(), _token())

    return blp


def _token() -> SecretString:
    token = bearer_token()
    if token is None:
        raise Unauthenticated
    return token


def _client() -> str:
    return client_address(this_request())
