"""What a notice says of a matter: each of its values under its own name."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter, Origin, Words
from app.domain.payment import Reason
from app.services.notices.document import letter, matter_document, webhook_body

FILED, LATER = datetime(2031, 5, 1, 12, tzinfo=UTC), datetime(2031, 5, 2, 12, tzinfo=UTC)
INVOICED = Bill(
    BillState.INVOICED, Decimal(75), invoice_id="inv-9", invoice_link="https://pay.example/9"
)
FAILED = Bill(BillState.FAILED, Decimal(75), "https://firm.example/pay", Reason.KEY_REJECTED)
MATTER = Matter(
    key="a" * 32,
    version=3,
    created_at=FILED,
    origin=Origin(4, "digest"),
    clients=(
        Client("Jan Doe", "jan@example.com", "", None),
        Client("Jane Doe", "jane@example.com", "+19198321234", "Raleigh, NC"),
    ),
    words=(Words(FILED, "My landlord"), Words(LATER, "evicts me")),
    bill=INVOICED,
    matter_type="Tenant Rights Law",
    urgency="high",
    language="es",
    session_id="a-session",
)


def test_a_matter_in_a_webhook() -> None:
    assert matter_document(MATTER) == {
        "matterId": "a" * 32,
        "reference": MATTER.reference,
        "createdAt": "2031-05-01T12:00:00+00:00",
        "matterType": "Tenant Rights Law",
        "urgency": "high",
        "client": {
            "name": "Jane Doe",
            "email": "jane@example.com",
            "phone": "+19198321234",
            "location": "Raleigh, NC",
        },
        "formerDetails": [
            {"name": "Jan Doe", "email": "jan@example.com", "phone": "", "location": None}
        ],
        "words": [
            {"at": "2031-05-01T12:00:00+00:00", "text": "My landlord"},
            {"at": "2031-05-02T12:00:00+00:00", "text": "evicts me"},
        ],
        "language": "es",
        "sessionId": "a-session",
        "payment": {
            "method": "blawby_api",
            "reason": None,
            "state": "invoiced",
            "amount": "75.00",
            "currency": "USD",
            "invoiceUrl": "https://pay.example/9",
            "paymentId": "inv-9",
        },
    }
    payment = matter_document(replace(MATTER, bill=FAILED))["payment"]
    assert (payment["state"], payment["reason"]) == ("failed", "key_rejected")


@pytest.mark.parametrize(
    ("revision", "said"),
    [(0, "matter.created"), (1, "matter.created"), (2, "matter.updated"), (3, "matter.updated")],
)
def test_the_body_of_a_webhook(revision: int, said: str) -> None:
    matter = replace(MATTER, revision=revision)
    team_id = TeamId("0" * 26)
    body = webhook_body(team_id, matter, LATER)
    assert json.loads(body) == {
        "type": said,
        "timestamp": "2031-05-02T12:00:00+00:00",
        "data": {"teamId": team_id} | matter_document(matter),
    }
    assert b": " not in body
    assert "Peña".encode() in webhook_body(
        team_id, replace(matter, words=(Words(FILED, "Peña"),)), LATER
    )


def test_a_letter() -> None:
    told = letter("owner@firm.example", "A Firm", MATTER)
    reference = MATTER.reference
    assert told.to == "owner@firm.example"
    assert told.subject == f"New matter {reference}: Tenant Rights Law"
    assert told.text == (
        f"New matter for A Firm, reference {reference}\n"
        "\n"
        "Matter:   Tenant Rights Law\n"
        "Urgency:  high\n"
        "Name:     Jane Doe\n"
        "E-mail:   jane@example.com\n"
        "Phone:    +19198321234\n"
        "Location: Raleigh, NC\n"
        "Payment:  blawby_api 75.00\n"
        "\n"
        "My landlord\n"
        "evicts me\n"
        "\n"
        f"Matter id: {'a' * 32}"
    )


def test_a_letter_about_little_that_is_known() -> None:
    nobody = Client("", "", "", None)
    matter = replace(
        MATTER, clients=(nobody,), matter_type=None, urgency=None, revision=2, bill=FAILED
    )
    told = letter("owner@firm.example", "A Firm", matter)
    assert told.subject == f"Changed matter {matter.reference}: to be looked at"
    first, _, *lines = told.text.split("\n")
    assert first == f"Changed matter for A Firm, reference {matter.reference}"
    assert lines[:7] == [
        "Matter:   none of your services",
        "Urgency:  -",
        "Name:     -",
        "E-mail:   -",
        "Phone:    -",
        "Location: -",
        "Payment:  fallback_link 75.00 key_rejected",
    ]


def test_a_subject_is_one_line() -> None:
    matter = replace(MATTER, matter_type="Two\nlines  and\ttabs")
    assert letter("a@b.example", "A Firm", matter).subject.endswith(": Two lines and tabs")
