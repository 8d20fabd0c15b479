"""An invoice goes to the client's own mailbox, from the team's own account, for that matter alone:
what an attack found, tried again over HTTP."""

import pytest

from tests.http.test_one_matter import Chat, invoices
from tests.rig import Sandbox, TeamOnStage

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
