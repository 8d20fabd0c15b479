"""An invoice goes to the client's own mailbox, from the team's own account, for that matter alone:
what an attack found, tried again over HTTP."""

from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.adapters.blawby.gateway import BlawbyGateways
from app.domain.ids import TeamId, TeamUlid
from app.domain.payment import InvoiceDraft
from app.domain.secret import SecretString
from tests.http.test_one_matter import Chat, invoices
from tests.rig import NewStage, Sandbox, TeamOnStage, new_ulid

INTAKE = (
    "Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, {email}, I need a divorce"
)
LOST = {"call": "invoice", "kind": "reset", "when": "after", "times": 1}


@pytest.fixture
def firm(team: TeamOnStage) -> TeamOnStage:
    return team.with_key()


def addresses(firm: TeamOnStage, sandbox: Sandbox) -> list[str]:
    """Of the customers who were sent an invoice."""
    known = {row["id"]: row["email"] for row in sandbox.admin("GET", "customers")}
    return [known[invoice["customer_id"]] for invoice in invoices(firm, sandbox)]


@pytest.mark.parametrize("status", [422, 404])
def test_a_corrected_address_is_billed_after_a_failed_invoice(
    firm: TeamOnStage, sandbox: Sandbox, status: int
) -> None:
    refused = {"call": "invoice", "kind": "status", "status": status, "times": 1}
    sandbox.admin("POST", "faults", json=refused)
    chat = Chat(firm)
    first = chat.says(INTAKE.format(email="wrong@example.com"))
    assert first["payment"]["method"] == "fallback_link"
    told = chat.says("My email is wrong, it is right@example.com")
    assert told["payment"]["method"] == "blawby_api"
    assert addresses(firm, sandbox) == ["right@example.com"]


def test_a_voided_invoice_is_not_sent_again(firm: TeamOnStage, sandbox: Sandbox) -> None:
    """An operator said `failed` after voiding it; the sandbox honours repeated idempotency keys."""
    sandbox.admin("POST", "faults", json=LOST)
    chat = Chat(firm)
    told = chat.says(INTAKE.format(email="jane@example.com"))
    (voided,) = invoices(firm, sandbox)
    path = f"{firm.path}/invoices/{told['matter']['matterId']}/resolve"
    assert firm.stage.operator.post(path, json={"outcome": "failed"}).status_code == 200
    payment = chat.says("And my invoice?")["payment"]
    assert payment["method"] == "blawby_api"
    assert payment["paymentId"] != str(voided["id"])


def moved(firm: TeamOnStage) -> str:
    """Replace the key by one of another account at Blawby, and return the account."""
    account = new_ulid().upper()
    body = firm.new_key(teamUlid=account)
    assert firm.stage.operator.put(firm.secret, json=body).status_code == 200
    return account


def test_an_unknown_invoice_is_not_asked_for_at_another_account(
    new_stage: NewStage, sandbox: Sandbox
) -> None:
    firm = new_stage(blawby_idempotent=True).team().with_key()
    sandbox.admin("POST", "faults", json=LOST)
    chat = Chat(firm)
    assert chat.says(INTAKE.format(email="jane@example.com"))["payment"]["method"] == "pending"
    account = moved(firm)
    assert chat.says("Thanks")["payment"]["method"] == "pending"
    assert account.lower() not in {row["team"] for row in sandbox.admin("GET", "invoices")}
    back = firm.new_key()
    assert firm.stage.operator.put(firm.secret, json=back).status_code == 200
    assert chat.says("And now?")["payment"]["method"] == "blawby_api"
    assert len(invoices(firm, sandbox)) == 1


def settle(firm: TeamOnStage, told: dict[str, Any], payment_id: str) -> TestResponse:
    path = f"{firm.path}/invoices/{told['matter']['matterId']}/resolve"
    body = {"outcome": "invoiced", "paymentId": payment_id}
    return firm.stage.operator.post(path, json=body)


def is_refused(answer: TestResponse) -> bool:
    refused = (answer.status_code, answer.json["errorCode"]) == (400, "validation_failed")
    return refused and list(answer.json["details"]) == ["paymentId"]


def test_another_clients_invoice_does_not_settle(firm: TeamOnStage, sandbox: Sandbox) -> None:
    other = Chat(firm, "visit-2").says(INTAKE.format(email="other@example.com"))["payment"]
    sandbox.admin("POST", "faults", json=LOST)
    chat = Chat(firm)
    told = chat.says(INTAKE.format(email="jane@example.com"))
    assert is_refused(settle(firm, told, other["paymentId"]))
    assert chat.says("And my invoice?")["payment"]["method"] == "pending"


def test_an_invoice_of_another_matter_does_not_settle(firm: TeamOnStage, sandbox: Sandbox) -> None:
    """Two people with one mailbox are one customer of Blawby's."""
    other = Chat(firm, "visit-2").says(
        "Hi, I am Max Roe from Charlotte, NC, my number is 704 555 2672, jane@example.com, "
        "I need a divorce"
    )
    sandbox.admin("POST", "faults", json=LOST)
    told = Chat(firm).says(INTAKE.format(email="jane@example.com"))
    assert told["matter"]["matterId"] != other["matter"]["matterId"]
    assert is_refused(settle(firm, told, other["payment"]["paymentId"]))
    own = invoices(firm, sandbox)[-1]
    assert settle(firm, told, str(own["id"])).status_code == 200


def test_the_invoice_at_a_former_address_settles(firm: TeamOnStage, sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", json=LOST)
    chat = Chat(firm)
    chat.says(INTAKE.format(email="wrong@example.com"))
    told = chat.says("My email is wrong, it is right@example.com")
    (made,) = invoices(firm, sandbox)
    assert settle(firm, told, str(made["id"])).status_code == 200


def test_an_invoice_at_another_account_does_not_settle(firm: TeamOnStage, sandbox: Sandbox) -> None:
    """There the customer's id is somebody else's."""
    sandbox.admin("POST", "faults", json=LOST)
    told = Chat(firm).says(INTAKE.format(email="jane@example.com"))
    (made,) = invoices(firm, sandbox)
    account = TeamUlid.parse(moved(firm))
    stranger = {"name": "Victor Other", "email": "victor@example.com", "phone": None}
    body = {"team": account.lower(), "id": made["customer_id"]} | stranger
    sandbox.admin("POST", "customers", json=body)
    gateways = BlawbyGateways(sandbox.url)
    gateway = gateways.open(TeamId(firm.team_id), account, SecretString("any-key-0001"))
    draft = InvoiceDraft(str(made["customer_id"]), Decimal(75), "Another's")
    theirs = gateway.create_invoice(draft, "another's")
    assert is_refused(settle(firm, told, theirs.invoice_id))
