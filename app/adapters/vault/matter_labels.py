"""A matter's label, which needs no right to read the matter.

It is stored as names of fields below `label`, because Vault's `subkeys` returns names and never
values (docs/decisions/0003). The audit log shows names, so they contain no client's data, no link
and no session.
"""

from collections.abc import Mapping
from typing import Any

from app.adapters.vault.matter_parts import MALFORMED, amount
from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.moments import read_moment
from app.domain.payment import Method, Reason
from app.errors import MatterUnusable

# The parts of a label that may change when an operator settles an invoice.
_SETTLED = ("state", "amount", "method", "reason", "invoice_id")


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
            created_at=read_moment(texts["created_at"]),
            matter_type=texts.get("matter_type"),
            urgency=texts.get("urgency"),
            state=BillState(texts["state"]),
            amount=amount(texts["amount"]),
            method=Method(texts["method"]),
            otherwise=Method(texts["otherwise"]),
            reason=Reason(texts["reason"]) if "reason" in texts else None,
            invoice_id=texts.get("invoice_id"),
            started_at=read_moment(texts["started_at"]) if "started_at" in texts else None,
            opened_at=read_moment(texts["opened_at"]) if "opened_at" in texts else None,
        )
    except MALFORMED:
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


def label_fields(label: MatterLabel) -> dict[str, Any]:
    return _named(_label_texts(label))


def _named(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: {text: True} for name, text in texts.items()}


def _only(names: Mapping[str, Any]) -> str:
    [name] = names.keys()
    return name
