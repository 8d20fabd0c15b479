"""Login at Vault's AppRole, passed on."""

from typing import Any

from app.domain.login import Login
from app.domain.secret import SecretString
from app.errors import Unauthenticated
from app.schemas.auth import LoginSchema, SessionSchema, UnwrappedSchema, UnwrapSchema
from app.services.sessions import Sessions
from app.web.client_address import client_address
from app.web.envelope import Blueprint
from app.web.requests import bearer_token, this_request


def blueprint(sessions: Sessions) -> Blueprint:
    blp = Blueprint("auth", __name__, url_prefix="/api/auth", description="Login and logout")

    @blp.post("/login")
    @blp.arguments(LoginSchema)
    @blp.response(200, SessionSchema)
    def login(body: dict[str, Any]) -> Login:
        """Log in with a role id and a secret id."""
        return sessions.login(_client(), body["roleId"], body["secretId"])

    @blp.post("/unwrap")
    @blp.arguments(UnwrapSchema)
    @blp.response(200, UnwrappedSchema)
    def unwrap(body: dict[str, Any]) -> dict[str, SecretString]:
        """Turn a wrapping token into its secret id, once."""
        return {"secretId": sessions.unwrap(_client(), body["wrappingToken"])}

    @blp.post("/logout")
    @blp.doc(security=[{"token": []}])
    @blp.response(204)
    def logout() -> None:
        """Revoke the token that asks."""
        token = bearer_token()
        if token is None:
            raise Unauthenticated
        sessions.logout(_client(), token)

    return blp


def _client() -> str:
    return client_address(this_request())
