"""The routes of Blawby's API, as the contract's section 4 has them; Laravel's error shapes."""

import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request

from sandbox import accounts, pages
from sandbox.faults import Fault, Faults, play
from sandbox.keys import Keys
from sandbox.records import Account, Records, Row

blueprint = Blueprint("blawby", __name__, url_prefix="/api/v1/teams/<team>")

_REFUSALS = {401: "Unauthenticated.", 404: "No query results for model [Team]."}


class Blawby:
    """The sandbox's parts, kept as the Flask app's extension `blawby`."""

    def __init__(self, file: Path | None = None) -> None:
        self.records, self.keys, self.faults = Records(file), Keys(), Faults()
        self.honours_idempotency = True


def blawby() -> Blawby:
    parts: Blawby = current_app.extensions["blawby"]
    return parts


@blueprint.get("")
def team(team: str) -> Response:
    return _answer("team", team, lambda _: (200, {"data": {"ulid": team, "name": "Sandbox team"}}))


@blueprint.get("/customers")
def search(team: str) -> Response:
    wanted = request.args.get("search", "")
    return _answer("search", team, lambda account: accounts.search(account, team, wanted))


@blueprint.post("/customer")
def create_customer(team: str) -> Response:
    records, body = blawby().records, _body()
    return _answer("customer", team, lambda it: accounts.create_customer(it, records, body))


@blueprint.post("/customers/<int:customer_id>/memos")
def add_memo(team: str, customer_id: int) -> Response:
    records, body = blawby().records, _body()
    return _answer("memo", team, lambda it: accounts.add_memo(it, records, customer_id, body))


@blueprint.post("/invoice")
def create_invoice(team: str) -> Response:
    records, body = blawby().records, _body()
    links = pages.links(request)
    return _answer("invoice", team, lambda it: accounts.create_invoice(it, records, body, links))


@blueprint.get("/invoices/<int:invoice_id>")
def read_invoice(team: str, invoice_id: int) -> Response:
    return _answer("invoices", team, lambda it: accounts.read_invoice(it, invoice_id))


def _answer(call: str, team: str, work: Callable[[Account], accounts.Answer]) -> Response:
    """Record the call, check the key, do the work once; faults occur before it or after it."""
    parts, key = blawby(), _presented_key()
    noted = parts.records.note_call(team, key, call, dict(request.headers))
    response = _struck(parts.faults.take(call, "before"))
    if response is None:
        response = _json(*_once(call, team, key, work))
        response = _struck(parts.faults.take(call, "after")) or response
    noted["status"] = response.status_code
    return response


def _struck(fault: Fault | None) -> Response | None:
    return play(fault) if fault else None


def _once(
    call: str, team: str, key: str | None, work: Callable[[Account], accounts.Answer]
) -> accounts.Answer:
    """The work under the lock; a repeated `Idempotency-Key` gets the first success again."""
    parts, idempotency = blawby(), request.headers.get("Idempotency-Key")
    refusal = parts.keys.refusal(team, key)
    if refusal is not None:
        return refusal, {"message": _REFUSALS[refusal]}
    seen = (team.lower(), call, idempotency or "")
    with parts.records.lock:
        if idempotency and parts.honours_idempotency and seen in parts.records.answered:
            return parts.records.answered[seen]
        status, body = work(parts.records.account(team))
        if idempotency and status == HTTPStatus.OK:
            parts.records.answered[seen] = (status, body)
        if request.method == "POST":
            parts.records.save()
        return status, body


def _presented_key() -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key if scheme == "Bearer" and key else None


def _body() -> Row:
    body: Any = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _json(status: int, body: Row) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
