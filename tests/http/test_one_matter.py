"""One conversation is one matter with one invoice, whatever is corrected or configured later: what
an attack found, tried again over HTTP (docs/faults.md, rows 6, 7 and 57)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import hvac
import pytest

from app.adapters.vault.matter_documents import matter_path
from app.domain.ids import TeamId
from tests.rig import COMPLETE, Sandbox, TeamOnStage

SERVICES = {"availableServices": ["Family Law", "Employment Law"]}


class Chat:
    """A client's widget: it sends the whole conversation, with our answers, each time."""

    def __init__(self, team: TeamOnStage, session: str | None = "visit-1") -> None:
        self._team, self.session = team, session
        self._messages: list[dict[str, str]] = []

    def says(self, text: str) -> dict[str, Any]:
        self._messages.append({"role": "user", "content": text})
        body = {"teamId": self._team.team_id, "messages": self._messages}
        if self.session:
            body["sessionId"] = self.session
        answer = self._team.stage.nobody.post("/api/agent", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        data: dict[str, Any] = answer.json["data"]
        self._messages.append({"role": "assistant", "content": data["response"]})
        return data


@pytest.fixture
def firm(team: TeamOnStage) -> TeamOnStage:
    team.with_key()
    assert team.stage.operator.patch(team.path, json={"config": SERVICES}).status_code == 200
    return team


def configured(firm: TeamOnStage, **config: Any) -> None:
    assert firm.stage.operator.patch(firm.path, json={"config": config}).status_code == 200


def invoices(firm: TeamOnStage, sandbox: Sandbox) -> list[dict[str, Any]]:
    ours = firm.ulid.lower()
    return [row for row in sandbox.admin("GET", "invoices") if row["team"] == ours]


def matter(firm: TeamOnStage, told: dict[str, Any]) -> dict[str, Any]:
    path = f"{firm.path}/matters/{told['matter']['matterId']}"
    found: dict[str, Any] = firm.member().get(path).json["data"]
    return found


def is_the_same(first: dict[str, Any], later: dict[str, Any]) -> bool:
    return (
        later["workflow"] == "matter_created"
        and later["payment"] == first["payment"]
        and later["matter"] == first["matter"] | {"repeat": True}
    )


def test_a_corrected_address_is_in_the_record_and_makes_no_second_invoice(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    chat = Chat(firm)
    first = chat.says(COMPLETE)
    later = chat.says("Sorry, my email is actually jane.doe@example.org")
    assert is_the_same(first, later)
    assert matter(firm, later)["client"]["email"] == "jane.doe@example.org"
    assert matter(firm, later)["formerDetails"][0]["email"] == "jane@example.com"
    assert is_the_same(first, chat.says("Thanks!"))
    assert len(invoices(firm, sandbox)) == 1


@pytest.mark.parametrize("session", ["visit-1", None])
@pytest.mark.parametrize(
    "config",
    [
        {"availableServices": ["Family & Divorce Law"]},
        {"availableServices": ["Employment Law"]},
        {"jurisdiction": {"type": "state", "supportedStates": ["SC"]}},
        {"blawbyApi": {"enabled": False}},
        {"consultationFee": 150},
        {"requiresPayment": False},
        {"paymentLink": "https://pay.example.com/another"},
    ],
)
@pytest.mark.parametrize("corrected", [False, True])
def test_what_the_team_configures_later_changes_no_matter(
    firm: TeamOnStage,
    sandbox: Sandbox,
    config: dict[str, Any],
    corrected: bool,
    session: str | None,
) -> None:
    chat = Chat(firm, session)
    first = chat.says(COMPLETE)
    if corrected:
        chat.says("Sorry, my email is actually jane.doe@example.org")
    configured(firm, **config)
    later = chat.says("Thanks!")
    assert is_the_same(first, later)
    assert len(invoices(firm, sandbox)) == 1


@pytest.mark.parametrize("who", ["member", "operator"])
def test_a_deleted_matter_is_not_billed_again_in_a_chat_that_is_still_open(
    firm: TeamOnStage, sandbox: Sandbox, who: str
) -> None:
    chat = Chat(firm)
    path = f"{firm.path}/matters/{chat.says(COMPLETE)['matter']['matterId']}"
    caller = firm.member() if who == "member" else firm.stage.operator
    assert caller.delete(path).status_code == 200
    later = chat.says("Thank you, I paid it.")
    assert later["matter"] == {"matterId": None, "stored": False, "repeat": True}
    assert (later["payment"]["method"], later["payment"]["invoiceUrl"]) == ("none", None)
    assert firm.member().get(f"{firm.path}/matters").json["data"]["matters"] == []
    assert caller.get(path).status_code in (403, 404)
    assert caller.delete(path).status_code == 404
    assert len(invoices(firm, sandbox)) == 1


def test_a_second_matter_in_a_new_chat_is_on_record_with_its_own_invoice(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    """The same client and kind of matter, without a session."""
    adoption = COMPLETE.replace("a divorce", "adopting my step-son")
    first = Chat(firm, None).says(adoption)
    second = Chat(firm, None).says(COMPLETE.replace("a divorce", "a divorce and custody"))
    assert second["matter"]["repeat"] is False
    assert second["matter"]["matterId"] != first["matter"]["matterId"]
    assert second["payment"]["invoiceUrl"] != first["payment"]["invoiceUrl"]
    assert "custody" in matter(firm, second)["words"][0]["text"]
    assert len(invoices(firm, sandbox)) == 2


def test_two_clients_of_one_session_never_see_each_others_invoice(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    jane = Chat(firm, "lobby").says(COMPLETE)
    john = Chat(firm, "lobby").says(
        COMPLETE.replace("Jane Doe", "John Roe").replace("jane@", "john@").replace("2671", "2672")
    )
    assert john["payment"]["invoiceUrl"] != jane["payment"]["invoiceUrl"]
    assert len(invoices(firm, sandbox)) == 2


@pytest.mark.parametrize("twin", ["straße@example.com", "ﬁona@example.com"])
def test_mailboxes_that_sort_alike_are_two_clients(firm: TeamOnStage, twin: str) -> None:
    plain = {"straße@example.com": "strasse@example.com", "ﬁona@example.com": "fiona@example.com"}
    one = Chat(firm, None).says(COMPLETE.replace("jane@example.com", plain[twin]))
    other = Chat(firm, None).says(COMPLETE.replace("jane@example.com", twin))
    if other["workflow"] == "matter_created":
        assert other["matter"]["matterId"] != one["matter"]["matterId"]


def test_a_pending_invoice_is_told_with_its_own_fee(firm: TeamOnStage, sandbox: Sandbox) -> None:
    fault = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=fault)
    chat = Chat(firm)
    assert chat.says(COMPLETE)["payment"]["amount"] == "75.00"
    configured(firm, consultationFee=150)
    later = chat.says("Any news?")["payment"]
    assert (later["method"], later["amount"]) == ("pending", "75.00")


def test_an_invoice_that_was_looked_up_is_told_in_words(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    fault = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=fault)
    chat = Chat(firm)
    first = chat.says(COMPLETE)
    (made,) = invoices(firm, sandbox)
    body = {"outcome": "invoiced", "paymentId": str(made["id"])}
    path = f"{firm.path}/invoices/{first['matter']['matterId']}/resolve"
    assert firm.stage.operator.post(path, json=body).status_code == 200
    later = chat.says("Any news?")
    assert later["payment"]["method"] == "blawby_api"
    assert later["payment"]["invoiceUrl"] in later["response"]


def test_a_garbled_matter_hurts_nobody_else_and_can_be_removed(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    vault = firm.stage.service.vault
    root = hvac.Client(vault.address, token=vault.root_token)
    first = Chat(firm).says(COMPLETE)
    key = first["matter"]["matterId"]
    path = matter_path(TeamId(firm.team_id), key)
    for document in ({}, {"label": {"state": {"paid": True}}}, {"team_id": 5, "label": [1]}):
        root.secrets.kv.v2.create_or_update_secret(path, secret=document, mount_point="teams")
        for caller in (firm.stage.operator, firm.member()):
            for listing in ("matters", "invoices"):
                page = caller.get(f"{firm.path}/{listing}").json["data"]
                assert key in page["unusable"]
        answer = firm.member().get(f"{firm.path}/matters/{key}")
        assert (answer.status_code, answer.json["errorCode"]) == (409, "matter_unusable")
        resolve = f"{firm.path}/invoices/{key}/resolve"
        answer = firm.stage.operator.post(resolve, json={"outcome": "failed"})
        assert (answer.status_code, answer.json["errorCode"]) == (409, "matter_unusable")
    # It may be this client's, with an invoice: the words are filed, and nobody is billed again.
    again = Chat(firm).says(COMPLETE)
    assert (again["matter"]["stored"], again["payment"]["method"]) == (True, "pending")
    assert Chat(firm, "another").says(COMPLETE)["payment"]["method"] == "blawby_api"
    assert len(invoices(firm, sandbox)) == 2
    assert firm.stage.operator.delete(f"{firm.path}/matters/{key}").status_code == 200
    assert firm.member().get(f"{firm.path}/matters").json["data"]["unusable"] == []


def test_the_session_that_our_answer_named_leads_to_the_same_matter(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    """A client that sends no session at first gets one with the answer, and may send it then."""
    chat = Chat(firm, session=None)
    first = chat.says(COMPLETE)
    chat.session = first["metadata"]["sessionId"]
    assert is_the_same(first, chat.says("Thank you!"))
    assert len(invoices(firm, sandbox)) == 1


@pytest.mark.parametrize("begins", ["visit-1", None])
def test_a_conversation_keeps_its_matter_under_any_session(
    firm: TeamOnStage, sandbox: Sandbox, begins: str | None
) -> None:
    chat = Chat(firm, begins)
    chat.says("Hello, I need a divorce")
    first = chat.says(COMPLETE)
    for session in (first["metadata"]["sessionId"], "visit-2", None, "visit-3"):
        chat.session = session
        assert is_the_same(first, chat.says("Thank you!"))
    later = chat.says("Sorry, my email is actually jane.doe@example.org")
    assert is_the_same(first, later)
    assert matter(firm, later)["client"]["email"] == "jane.doe@example.org"
    configured(firm, availableServices=["Employment Law"])
    chat.session = "visit-4"
    assert is_the_same(first, chat.says("Thanks"))
    assert len(invoices(firm, sandbox)) == 1


def test_copies_of_one_turn_with_sessions_of_their_own_make_one_invoice(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    opening = {"role": "user", "content": "Hello, I need a divorce"}
    said = [COMPLETE, "Hello?"]
    messages = [opening, *({"role": "user", "content": text} for text in said)]

    def copy(number: int) -> dict[str, Any]:
        body = {"teamId": firm.team_id, "messages": messages, "sessionId": f"copy-{number}"}
        answer = firm.stage.nobody.post("/api/agent", json=body)
        data: dict[str, Any] = answer.json["data"]
        return data

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(copy, range(8)))
    assert len({one["matter"]["matterId"] for one in told if one["matter"]["stored"]}) == 1
    assert len(invoices(firm, sandbox)) == 1


def test_a_full_record_is_told_with_a_sentence_of_its_own(
    firm: TeamOnStage, sandbox: Sandbox
) -> None:
    configured(firm, phone="(919) 555-0199")
    chat = Chat(firm)
    first = chat.says(COMPLETE)
    for number in range(9):
        words = f"He also wrote this, part {number}:" + " evidence" * 870
        told = chat.says(words)
        stored = any(words in said["text"] for said in matter(firm, told)["words"])
        assert told["matter"]["stored"] == stored
        assert told["payment"] == first["payment"]
    assert not stored
    assert told["workflow"] == "matter_created"
    for words in ("full", "could not add", "(919) 555-0199", "Your reference"):
        assert (words in told["response"]) == (words != "Your reference")
    assert "The record is full" in str(matter(firm, told)["words"])
    assert "full" not in chat.says("Thank you!")["response"]
    assert len(invoices(firm, sandbox)) == 1
