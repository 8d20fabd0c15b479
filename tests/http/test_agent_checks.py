"""The ten checks of an agent that uses a team's key which the predecessor listed, on real parts."""

import hashlib
from typing import Any

import pytest

from tests.faults.audit_log import written
from tests.http.answers import data_of, refusal_of
from tests.rig import COMPLETE, Caller, Sandbox, Stage, TeamOnStage
from vault.embedded import EmbeddedVault


def test_agent_with_a_stored_key(team: TeamOnStage) -> None:
    told = data_of(team.with_key().ask())
    assert told["workflow"] == "matter_created"
    payment = told["payment"]
    assert (payment["method"], payment["reason"]) == ("blawby_api", None)
    assert payment["invoiceUrl"].endswith(f"/invoice/{payment['paymentId']}/pay")
    assert (payment["amount"], payment["currency"]) == ("75.00", "USD")
    assert payment["invoiceUrl"] in told["response"]


def test_key_resolved_into_the_teams_configuration(
    team: TeamOnStage, stage: Stage, sandbox: Sandbox
) -> None:
    """Fee and currency from the configuration, Blawby's id from beside the key: one invoice."""
    dearer = stage.team({"requiresPayment": True, "consultationFee": 120.5, **ENABLED}).with_key()
    payment = data_of(dearer.ask())["payment"]
    assert payment["amount"] == "120.50"
    [invoice] = [row for row in sandbox.admin("GET", "invoices") if is_of(row, dearer)]
    assert (invoice["amount_due"], str(invoice["id"])) == (120.5, payment["paymentId"])


def test_team_without_a_key(team: TeamOnStage, sandbox: Sandbox) -> None:
    payment = data_of(team.ask())["payment"]
    assert (payment["method"], payment["reason"]) == ("fallback_link", "no_key")
    assert payment["invoiceUrl"] == "https://pay.example.com/fallback"
    assert calls_of(sandbox, team) == []


def test_storage_errors(away: Stage, team: TeamOnStage) -> None:
    """A team that is not in memory can't be answered for, and the answer says so politely."""
    answer = away.nobody.post("/api/agent", json=turn(team.team_id))
    refusal_of(answer, 503, "vault_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_configuration_cached(team: TeamOnStage, vault: EmbeddedVault) -> None:
    """One request loads configuration and key; the next ten ask Vault for neither."""
    data_of(team.with_key().ask("Hello"))
    before = reads_in(vault, team)
    assert before
    for _ in range(10):
        data_of(team.ask("Hello"))
    assert reads_in(vault, team) == before


@pytest.mark.parametrize("unknown", ["01k0zzzzzzzzzzzzzzzzzzzzzz", "no-such-team"])
def test_team_not_found(nobody: Caller, unknown: str) -> None:
    for _ in range(2):
        refusal_of(nobody.post("/api/agent", json=turn(unknown)), 404, "team_not_found")


def test_no_key_in_logs(team: TeamOnStage, capfd: pytest.CaptureFixture[str]) -> None:
    """At DEBUG, over the whole way of a key; what every canary watches, once more by hand."""
    new = team.new_key()
    operator = team.stage.operator
    data_of(operator.post(team.secret, json=new), 201)
    data_of(team.ask())
    data_of(operator.post(f"{team.secret}/verify"))
    refused = operator.post(team.secret, json=new | {"apiKey": new["apiKey"] + "\n"})
    refusal_of(refused, 400, "validation_failed")
    written = "".join(capfd.readouterr()) + (team.stage.canaries.captured / "logs").read_text()
    assert team.team_id in written
    assert new["apiKey"].split("/")[1].split("+")[0] not in written


@pytest.mark.parametrize(
    "wrong",
    ["", " ", "UPPER", "a--b", "-a", "a-", "x" * 64, "../x", "a/b", "a\n", "ä", 7, None, [], {}],
)
def test_invalid_ids(nobody: Caller, wrong: object) -> None:
    answer = nobody.post("/api/agent", json=turn(wrong))
    assert refusal_of(answer, 400, "validation_failed")["details"].keys() == {"teamId"}


@pytest.mark.parametrize(
    "messages",
    [None, [], [{"role": "user", "content": ""}], [{"role": "user", "content": " \n"}], "none"],
)
def test_missing_messages(team: TeamOnStage, nobody: Caller, messages: Any) -> None:
    """Whatever else is wrong with the request."""
    said = {"messages": messages} if messages != "none" else {}
    for others in ({"teamId": team.team_id}, {}, {"teamId": "../x"}, {"sessionId": 7}):
        refused = refusal_of(
            nobody.post("/api/agent", json=others | said), 400, "validation_failed"
        )
        assert refused["error"] == "No message content provided"


def test_payment_service_gets_the_resolved_key(team: TeamOnStage, sandbox: Sandbox) -> None:
    """Each call at Blawby carries the key that was stored, for the Blawby id stored with it."""
    new = team.new_key()
    data_of(team.stage.operator.post(team.secret, json=new), 201)
    data_of(team.ask())
    calls = calls_of(sandbox, team)
    assert {row["call"] for row in calls} >= {"search", "customer", "invoice"}
    assert {row["keySha256"] for row in calls} == {
        hashlib.sha256(new["apiKey"].encode()).hexdigest()
    }
    assert {row["team"] for row in calls} == {team.ulid}


ENABLED = {"blawbyApi": {"enabled": True}}


def turn(team_id: object, *said: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": text} for text in said or (COMPLETE,)]
    return {"teamId": team_id, "messages": messages}


def calls_of(sandbox: Sandbox, team: TeamOnStage) -> list[dict[str, Any]]:
    return [row for row in sandbox.admin("GET", "calls") if is_of(row, team)]


def is_of(row: dict[str, Any], team: TeamOnStage) -> bool:
    return bool(row["team"].lower() == team.ulid.lower())


def reads_in(vault: EmbeddedVault, team: TeamOnStage) -> list[str]:
    """The paths of this team that Vault's audit log says were read."""
    lines = written(vault.audit_log)
    asked = (line["request"] for line in lines if line["type"] == "request")
    return [
        request["path"]
        for request in asked
        if request["operation"] == "read" and f"/{team.team_id}/" in request["path"]
    ]
