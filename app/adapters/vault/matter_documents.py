"""A matter's document in Vault: its fields, and its label.

The label, which needs no right to read the matter, is stored as names of fields below `label`,
because Vault's `subkeys` returns names and never values (docs/decisions/0003). The audit log shows
names, so they contain no client's data, no link and no session.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.adapters.vault.kv import KvRecord
from app.domain.ids import TeamId, TeamUlid, is_ulid
from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Heard, Matter, MatterLabel, Origin, Tombstone, Words
from app.domain.payment import Method, Reason
from app.errors import MatterUnusable

_KEY = re.compile(r"[0-9a-f]{32}")
_MALFORMED = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError)
# The parts of a label that may change when an operator settles an invoice.
_SETTLED = ("state", "amount", "method", "reason", "invoice_id")


def matters_path(team_id: TeamId) -> str:
    return f"{team_id}/matters/"


def matter_path(team_id: TeamId, key: str) -> str:
    return f"{team_id}/matters/{key}"


def matter_fields(team_id: TeamId, matter: Matter) -> dict[str, Any]:
    bill = matter.bill
    return {
        "team_id": team_id,
        "origin": _origin_fields(matter.origin),
        "clients": [_client_fields(client) for client in matter.clients],
        "words": [{"at": said.at.isoformat(), "text": said.text} for said in matter.words],
        "language": matter.language,
        "session_id": matter.session_id,
        "heard": _heard_fields(matter.heard),
        "revision": matter.revision,
        "delivered": matter.delivered,
        "mailed": matter.mailed,
        "link": bill.link,
        "attempt": bill.attempt,
        "request": bill.request,
        "account": bill.account,
        "customer_id": bill.customer_id,
        "doubtful": bill.doubtful,
        "invoice_link": bill.invoice_link,
        "label": _named(_label_texts(label_of(matter))),
    }


def link_fields(team_id: TeamId, target: str) -> dict[str, Any]:
    """A document that leads to a matter: the client is also known by other details."""
    return {"team_id": team_id, "same_as": target}


def target_of(team_id: TeamId, fields: Mapping[str, Any]) -> str | None:
    """Return the matter that a link points to; None if this is not a link of this team."""
    target = fields.get("same_as")
    if fields.get("team_id") != team_id or not isinstance(target, str):
        return None
    return target if _KEY.fullmatch(target) else None


def tombstone_fields(team_id: TeamId, matter: Matter) -> dict[str, Any]:
    """What is left of a deleted matter. Nothing of the client is in it."""
    return {"team_id": team_id, "deleted": _origin_fields(matter.origin)}


def tombstone_from(team_id: TeamId, key: str, fields: Mapping[str, Any]) -> Tombstone | None:
    """None if this is no tombstone of this team."""
    if not is_tombstone(fields) or fields["team_id"] != team_id:
        return None
    try:
        return Tombstone(key, _origin(fields["deleted"]))
    except _MALFORMED:
        return None


def is_tombstone(names: Mapping[str, Any]) -> bool:
    """By the names of its fields alone (Vault's `subkeys`)."""
    return set(names) == {"team_id", "deleted"}


def is_link(names: Mapping[str, Any]) -> bool:
    """By the names of its fields alone (Vault's `subkeys`)."""
    return set(names) == {"team_id", "same_as"}


def matter_from(team_id: TeamId, key: str, record: KvRecord) -> Matter:
    """Raises `MatterUnusable` if this is not a matter of this team."""
    fields = record.fields
    try:
        if fields["team_id"] != team_id:
            raise MatterUnusable
        label = label_from(key, record.version, fields)
        return Matter(
            key=key,
            version=record.version,
            created_at=label.created_at,
            origin=_origin(fields["origin"]),
            clients=tuple(_client(client) for client in _some(fields["clients"])),
            words=tuple(_words(said) for said in _some(fields["words"])),
            bill=_bill(fields, label),
            matter_type=label.matter_type,
            urgency=label.urgency,
            language=_text(fields["language"]),
            session_id=_text_or_none(fields.get("session_id")),
            heard=_heard(fields.get("heard")),
            revision=_number(fields["revision"]),
            delivered=_number(fields["delivered"]),
            mailed=_number(fields["mailed"]),
            opened_at=label.opened_at,
        )
    except _MALFORMED:
        raise MatterUnusable from None


def label_of(matter: Matter) -> MatterLabel:
    bill = matter.bill
    return MatterLabel(
        key=matter.key,
        version=matter.version,
        created_at=matter.created_at,
        matter_type=matter.matter_type,
        urgency=matter.urgency,
        state=bill.state,
        amount=bill.amount,
        method=bill.payment.method,
        otherwise=bill.otherwise,
        reason=bill.payment.reason,
        invoice_id=bill.invoice_id,
        started_at=bill.started_at,
        opened_at=matter.opened_at,
    )


def label_from(key: str, version: int, names: Mapping[str, Any]) -> MatterLabel:
    """The label out of a matter's fields, or out of their names alone (Vault's `subkeys`). Raises
    `MatterUnusable`."""
    try:
        texts = {name: _only(text) for name, text in names["label"].items()}
        return MatterLabel(
            key=key,
            version=version,
            created_at=_moment(texts["created_at"]),
            matter_type=texts.get("matter_type"),
            urgency=texts.get("urgency"),
            state=BillState(texts["state"]),
            amount=_amount(texts["amount"]),
            method=Method(texts["method"]),
            otherwise=Method(texts["otherwise"]),
            reason=Reason(texts["reason"]) if "reason" in texts else None,
            invoice_id=texts.get("invoice_id"),
            started_at=_moment(texts["started_at"]) if "started_at" in texts else None,
            opened_at=_moment(texts["opened_at"]) if "opened_at" in texts else None,
        )
    except _MALFORMED:
        raise MatterUnusable from None


def settlement(before: MatterLabel, after: MatterLabel, link: str | None) -> dict[str, Any]:
    """Return a JSON merge patch that changes one label into the other and sets the invoice's link.
    None in a patch removes a field, which then reads as none."""
    old, new = _label_texts(before), _label_texts(after)
    changed: dict[str, Any] = {}
    for name in _SETTLED:
        if name not in new:
            changed[name] = None
        elif old.get(name) != new[name]:
            gone = {old[name]: None} if name in old else {}
            changed[name] = gone | {new[name]: True}
    return {"label": changed, "invoice_link": link}


def _label_texts(label: MatterLabel) -> dict[str, str]:
    texts = {
        "created_at": label.created_at.isoformat(),
        "matter_type": label.matter_type,
        "urgency": label.urgency,
        "state": label.state.value,
        "amount": str(label.amount),
        "method": label.method.value,
        "otherwise": label.otherwise.value,
        "reason": label.reason.value if label.reason else None,
        "invoice_id": label.invoice_id,
        "started_at": label.started_at.isoformat() if label.started_at else None,
        "opened_at": label.opened_at.isoformat() if label.opened_at else None,
    }
    return {name: text for name, text in texts.items() if text is not None}


def _named(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: {text: True} for name, text in texts.items()}


def _only(names: Mapping[str, Any]) -> str:
    [name] = names.keys()
    return name


def _bill(fields: Mapping[str, Any], label: MatterLabel) -> Bill:
    """The reason of a pending payment is not stored, because the state implies it. `get`: documents
    of earlier versions lack some fields, which then read as none."""
    return Bill(
        state=label.state,
        amount=label.amount,
        link=_text_or_none(fields.get("link")),
        reason=label.reason if label.state is BillState.FAILED else None,
        attempt=_text(fields["attempt"]),
        request=_text(fields.get("request", "")),
        started_at=label.started_at,
        account=_account(fields.get("account")),
        customer_id=_text_or_none(fields.get("customer_id")),
        doubtful=fields.get("doubtful") is True,
        invoice_id=label.invoice_id,
        invoice_link=_text_or_none(fields.get("invoice_link")),
    )


def _account(value: Any) -> TeamUlid | None:
    if value is not None and not is_ulid(value):
        raise ValueError("not a ULID")
    return None if value is None else TeamUlid(value)


def _origin_fields(origin: Origin) -> dict[str, Any]:
    return {"messages": origin.messages, "digest": origin.digest, "ordinal": origin.ordinal}


def _origin(fields: Mapping[str, Any]) -> Origin:
    return Origin(_number(fields["messages"]), _text(fields["digest"]), _number(fields["ordinal"]))


def _heard_fields(heard: Heard | None) -> dict[str, Any] | None:
    if heard is None:
        return None
    client = _client_fields(heard.client)
    return {"messages": heard.messages, "digest": heard.digest, "client": client}


def _heard(fields: Mapping[str, Any] | None) -> Heard | None:
    if fields is None:
        return None
    client = _client(fields["client"])
    return Heard(_number(fields["messages"]), _text(fields["digest"]), client)


def _client_fields(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "email": client.email,
        "phone": client.phone,
        "location": client.location,
    }


def _client(fields: Mapping[str, Any]) -> Client:
    return Client(
        _text(fields["name"]),
        _text(fields["email"]),
        _text(fields["phone"]),
        _text_or_none(fields.get("location")),
    )


def _words(fields: Mapping[str, Any]) -> Words:
    return Words(_moment(fields["at"]), _text(fields["text"]))


def _some(values: Any) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise ValueError("not a list with something in it")
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without a time zone")
    return moment


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount
