"""The sandbox's own routes under `/_sandbox`: its calls, its keys, its faults. See README.md."""

from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from sandbox.records import Row
from sandbox.wire import blawby

blueprint = Blueprint("admin", __name__, url_prefix="/_sandbox")


@blueprint.delete("/state")
def forget() -> Row:
    """Everything as at the start: no records, no faults, no declared or revoked keys."""
    parts = blawby()
    parts.records.forget()
    parts.keys.forget()
    parts.faults.forget()
    parts.honours_idempotency = True
    return {"reset": True}


@blueprint.get("/calls")
def calls() -> list[Row]:
    parts = blawby()
    with parts.records.lock:
        return list(parts.records.calls)


@blueprint.get("/<any(customers, memos, invoices):kind>")
def records(kind: str) -> list[Row]:
    return blawby().records.everything(kind)


@blueprint.post("/customers")
def add_customer() -> Row:
    """A customer from before, e.g. a near match: `{team, name, email, phone}`."""
    parts, body = blawby(), _object()
    with parts.records.lock:
        row = {"id": parts.records.next_id(), "status": "Lead", **body}
        parts.records.account(row.pop("team")).customers.append(row)
    return row


@blueprint.post("/keys")
def declare_key() -> Row:
    body = _object()
    blawby().keys.declare(body["team"], body["key"])
    return {"declared": True}


@blueprint.delete("/keys")
def revoke_key() -> Row:
    blawby().keys.revoke(_object()["key"])
    return {"revoked": True}


@blueprint.post("/faults")
def add_fault() -> Row:
    blawby().faults.add(_object())
    return {"added": True}


@blueprint.delete("/faults")
def clear_faults() -> Row:
    blawby().faults.forget()
    return {"cleared": True}


@blueprint.put("/idempotency")
def set_idempotency() -> Row:
    """`{honoured: bool}`: whether a repeated `Idempotency-Key` is answered as the first time."""
    blawby().honours_idempotency = bool(_object()["honoured"])
    return {"honoured": blawby().honours_idempotency}


def _object() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadRequest("a JSON object is needed")
    return body
