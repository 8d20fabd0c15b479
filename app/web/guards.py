"""Who may call a blueprint. Named at registration; Vault decides what a caller may do."""

from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, Response, g

from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated
from app.web.client_address import client_address
from app.web.requests import bearer_token, this_request


class Gate(Protocol):
    """Counts clients and tokens, so that nobody can load Vault without limit."""

    def admit_client(self, client: str, /) -> None: ...

    def admit_token(self, client: str, token: SecretString, /) -> None: ...

    def token_accepted(self, token: SecretString, /) -> None: ...

    def token_refused(self, client: str, token: SecretString, /) -> None: ...


Guard = Callable[[Blueprint, Gate], None]


def public(blueprint: Blueprint, gate: Gate) -> None:
    """Anybody, within the limit of an address: login, the agent's clients."""

    def admit_client() -> None:
        if this_request().method != "OPTIONS":
            gate.admit_client(client_address(this_request()))

    blueprint.before_request(admit_client)


def probe(_blueprint: Blueprint, _gate: Gate) -> None:
    """Anybody, without a limit, because a load balancer must not take a flood for a dead instance.
    These routes call Vault at most once a second."""


def bearer(blueprint: Blueprint, gate: Gate) -> None:
    """Callers with a token. Only Vault can check whether it is a good one."""

    def need_token() -> None:
        """Admit the token when a view requests its caller: a malformed token is rejected without a
        call to Vault."""
        token = bearer_token()
        if token is None:
            raise Unauthenticated
        g.token, g.admit_token = token, gate.admit_token

    def learn(answer: Response) -> Response:
        """Record Vault's answer to the token. Only Vault's own "unknown" counts against it."""
        token, refusal = g.get("caller"), g.get("refusal")
        if token and refusal is Unauthenticated:
            gate.token_refused(client_address(this_request()), token)
        elif token and (refusal is Forbidden or answer.status_code < 300):
            gate.token_accepted(token)
        return answer

    blueprint.before_request(need_token)
    blueprint.after_request(learn)
