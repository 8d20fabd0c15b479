"""An invoice goes to the client's own mailbox, from the team's own account, for that matter alone:
what an attack found, tried again over HTTP."""

import pytest

from tests.http.test_one_matter import Chat, invoices
from tests.rig import NewStage, Sandbox, TeamOnStage, new_ulid

INTAKE = (
    "Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, {email}, I need a divorce"
)


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
    lost = {"call": "invoice", "kind": "reset", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=lost)
    chat = Chat(firm)
    assert chat.says(INTAKE.format(email="jane@example.com"))["payment"]["method"] == "pending"
    account = moved(firm)
    assert chat.says("Thanks")["payment"]["method"] == "pending"
    assert account.lower() not in {row["team"] for row in sandbox.admin("GET", "invoices")}
    back = firm.new_key()
    assert firm.stage.operator.put(firm.secret, json=back).status_code == 200
    assert chat.says("And now?")["payment"]["method"] == "blawby_api"
    assert len(invoices(firm, sandbox)) == 1
