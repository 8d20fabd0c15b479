"""The content of a notice: the body of a webhook, and an e-mail."""

import json
from datetime import datetime
from typing import Any

from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import Matter
from app.domain.notice import Letter


def webhook_body(team_id: TeamId, matter: Matter, now: datetime) -> bytes:
    """`matter.created`, or `matter.updated` once the team was notified of the matter."""
    told = {
        "type": "matter.updated" if matter.revision > 1 else "matter.created",
        "timestamp": now.isoformat(),
        "data": {"teamId": team_id} | matter_document(matter),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def matter_document(matter: Matter) -> dict[str, Any]:
    """With the names that `GET …/matters/{matterId}` has."""
    payment = matter.bill.payment
    return {
        "matterId": matter.key,
        "reference": matter.reference,
        "createdAt": matter.created_at.isoformat(),
        "matterType": matter.matter_type,
        "urgency": matter.urgency,
        "client": _client(matter.client),
        "formerDetails": [_client(client) for client in matter.clients[:-1]],
        "words": [{"at": said.at.isoformat(), "text": said.text} for said in matter.words],
        "language": matter.language,
        "sessionId": matter.session_id,
        "payment": {
            "method": payment.method.value,
            "reason": payment.reason.value if payment.reason else None,
            "state": matter.bill.state.value,
            "amount": payment.amount,
            "currency": payment.currency,
            "invoiceUrl": payment.invoice_url,
            "paymentId": payment.payment_id,
        },
    }


def letter(to: str, team_name: str, matter: Matter) -> Letter:
    client, payment = matter.client, matter.bill.payment
    what = "Changed" if matter.revision > 1 else "New"
    paid = " ".join(text for text in (payment.method, payment.amount, payment.reason) if text)
    lines = [
        f"{what} matter for {team_name}, reference {matter.reference}",
        "",
        f"Matter:   {matter.matter_type or 'none of your services'}",
        f"Urgency:  {matter.urgency or '-'}",
        f"Name:     {client.name or '-'}",
        f"E-mail:   {client.email or '-'}",
        f"Phone:    {client.phone or '-'}",
        f"Location: {client.location or '-'}",
        f"Payment:  {paid}",
        "",
        *(said.text for said in matter.words),
        "",
        f"Matter id: {matter.key}",
    ]
    subject = f"{what} matter {matter.reference}: {matter.matter_type or 'to be looked at'}"
    return Letter(to, " ".join(subject.split()), "\n".join(lines))


def _client(client: Client) -> dict[str, str | None]:
    return {
        "name": client.name,
        "email": client.email,
        "phone": client.phone,
        "location": client.location,
    }
