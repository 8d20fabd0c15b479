"""A matter's document in Vault; a link to another one, and what is left of a deleted one."""

import re
from collections.abc import Mapping
from typing import Any

from app.adapters.vault.folders import Folders
from app.adapters.vault.kv_answers import KvRecord
from app.adapters.vault.matter_labels import label_fields, label_from, label_of
from app.adapters.vault.matter_parts import (
    MALFORMED,
    client_fields,
    client_from,
    heard_fields,
    heard_from,
    number,
    origin_fields,
    origin_from,
    some,
    text,
    text_or_none,
    words_from,
)
from app.domain.ids import TeamId, TeamUlid, is_ulid
from app.domain.matter import Bill, BillState, Matter, MatterLabel, Tombstone
from app.errors import MatterUnusable

_KEY = re.compile(r"[0-9a-f]{32}")


def matter_folders(team_id: TeamId) -> Folders:
    """256 of them: one for each beginning of an id."""
    return Folders(f"{team_id}/matters/", 2)


def matter_path(team_id: TeamId, key: str) -> str:
    return matter_folders(team_id).path(key)


def matter_fields(team_id: TeamId, matter: Matter) -> dict[str, Any]:
    bill = matter.bill
    return {
        "team_id": team_id,
        "origin": origin_fields(matter.origin),
        "clients": [client_fields(client) for client in matter.clients],
        "words": [{"at": said.at.isoformat(), "text": said.text} for said in matter.words],
        "language": matter.language,
        "session_id": matter.session_id,
        "heard": heard_fields(matter.heard),
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
        "label": label_fields(label_of(matter)),
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
    return {"team_id": team_id, "deleted": origin_fields(matter.origin)}


def tombstone_from(team_id: TeamId, key: str, fields: Mapping[str, Any]) -> Tombstone | None:
    """None if this is no tombstone of this team."""
    if not is_tombstone(fields) or fields["team_id"] != team_id:
        return None
    try:
        return Tombstone(key, origin_from(fields["deleted"]))
    except MALFORMED:
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
            origin=origin_from(fields["origin"]),
            clients=tuple(client_from(client) for client in some(fields["clients"])),
            words=tuple(words_from(said) for said in some(fields["words"])),
            bill=_bill(fields, label),
            matter_type=label.matter_type,
            urgency=label.urgency,
            language=text(fields["language"]),
            session_id=text_or_none(fields.get("session_id")),
            heard=heard_from(fields.get("heard")),
            revision=number(fields["revision"]),
            delivered=number(fields["delivered"]),
            mailed=number(fields["mailed"]),
            opened_at=label.opened_at,
        )
    except MALFORMED:
        raise MatterUnusable from None


def _bill(fields: Mapping[str, Any], label: MatterLabel) -> Bill:
    """The reason of a pending payment is not stored, because the state implies it. `get`: documents
    of earlier versions lack some fields, which then read as none."""
    return Bill(
        state=label.state,
        amount=label.amount,
        link=text_or_none(fields.get("link")),
        reason=label.reason if label.state is BillState.FAILED else None,
        attempt=text(fields["attempt"]),
        request=text(fields.get("request", "")),
        started_at=label.started_at,
        account=_account(fields.get("account")),
        customer_id=text_or_none(fields.get("customer_id")),
        doubtful=fields.get("doubtful") is True,
        invoice_id=label.invoice_id,
        invoice_link=text_or_none(fields.get("invoice_link")),
    )


def _account(value: Any) -> TeamUlid | None:
    if value is not None and not is_ulid(value):
        raise ValueError("not a ULID")
    return None if value is None else TeamUlid(value)
