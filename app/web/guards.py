"""Who may enter a blueprint. Named where it is registered; what a caller may do, Vault decides."""

from collections.abc import Callable

from flask import Blueprint, g

from app.errors import Unauthenticated
from app.web.requests import bearer_token

Guard = Callable[[Blueprint], None]


def public(blueprint: Blueprint) -> None:
    """Anybody: probes, login, the agent's clients."""


def bearer(blueprint: Blueprint) -> None:
    """Whoever brings a token. It is Vault that knows whether it is a good one."""
    blueprint.before_request(_require_bearer)


def _require_bearer() -> None:
    token = bearer_token()
    if token is None:
        raise Unauthenticated
    g.caller = token
