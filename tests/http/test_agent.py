"""The agent over HTTP: the payment table of the contract, ways to name a team, forms, limits."""

from typing import Any

import hvac
import pytest
from limits import parse
from prometheus_client import REGISTRY

from tests.http.answers import data_of, refusal_of
from tests.http.test_agent_checks import ENABLED, calls_of, is_of, turn
from tests.rig import CONFIG, Caller, NewStage, Sandbox, Stage, TeamOnStage
from vault.embedded import EmbeddedVault

LINK = "https://pay.example.com/fallback"
FEE = {"requiresPayment": True, "consultationFee": 75}
OFF = {"blawbyApi": {"enabled": False}}


# --- the payment table, where nothing fails ---------------------------------------------------


@pytest.mark.parametrize(
    ("config", "method", "reason", "link"),
    [
        ({}, "none", None, None),
        (CONFIG | {"requiresPayment": False}, "none", None, None),
        (CONFIG | {"consultationFee": 0}, "none", None, None),
        (CONFIG, "fallback_link", "no_key", LINK),
        (FEE | ENABLED, "unavailable", "no_key", None),
        (CONFIG | OFF, "static_link", None, LINK),
        (FEE | {"paymentLink": LINK}, "static_link", None, LINK),
        (FEE | OFF, "unavailable", "not_configured", None),
        (FEE | {"paymentLink": None}, "unavailable", "not_configured", None),
    ],
)
def test_a_team_without_a_key_is_paid_as_its_configuration_says(
    stage: Stage, config: dict[str, Any], method: str, reason: str | None, link: str | None
) -> None:
    told = data_of(stage.team(config).ask())
    payment = told["payment"]
    assert (payment["method"], payment["reason"]) == (method, reason)
    assert (payment["invoiceUrl"], payment["paymentId"]) == (link, None)
    assert payment["amount"] == (None if method == "none" else "75.00")
    assert told["workflow"] == "matter_created"
    assert link is None or link in told["response"]


def test_nothing_to_pay_asks_blawby_for_nothing(stage: Stage, sandbox: Sandbox) -> None:
    team = stage.team(CONFIG | OFF).with_key()
    assert data_of(team.ask())["payment"]["method"] == "static_link"
    assert calls_of(sandbox, team) == []


def test_the_same_intake_twice_is_one_invoice(team: TeamOnStage, sandbox: Sandbox) -> None:
    first = data_of(team.with_key().ask(sessionId="one"))
    again = data_of(team.ask(sessionId="one"))
    assert again["payment"] == first["payment"]
    assert len([row for row in sandbox.admin("GET", "invoices") if is_of(row, team)]) == 1


def test_another_session_is_another_intake(team: TeamOnStage) -> None:
    first = data_of(team.with_key().ask(sessionId="one"))["payment"]
    second = data_of(team.ask(sessionId="two"))["payment"]
    assert first["paymentId"] != second["paymentId"]


def test_a_refused_key_falls_back_and_heals_with_the_next_one(
    team: TeamOnStage, sandbox: Sandbox
) -> None:
    refused = team.new_key(apiKey=team.stage.canaries.key("revoked"))
    operator = team.stage.operator
    data_of(operator.post(team.secret, json=refused), 201)
    payment = data_of(team.ask(sessionId="one"))["payment"]
    assert (payment["method"], payment["reason"]) == ("fallback_link", "key_rejected")
    asked = len(calls_of(sandbox, team))
    data_of(team.ask(sessionId="two"))
    assert len(calls_of(sandbox, team)) == asked
    data_of(operator.put(team.secret, json=team.new_key()))
    assert data_of(team.ask(sessionId="two"))["payment"]["method"] == "blawby_api"


def test_a_key_rotated_in_vault_itself_heals_within_the_request(
    team: TeamOnStage, sandbox: Sandbox, vault: EmbeddedVault
) -> None:
    """Nobody told this app: it learns of it when Blawby refuses the key that it remembers."""
    old, new = team.new_key(), team.new_key()
    data_of(team.stage.operator.post(team.secret, json=old), 201)
    data_of(team.ask("Hello"))
    put_in_vault(vault, team, new["apiKey"])
    sandbox.admin("DELETE", "keys", json={"key": old["apiKey"]})
    assert data_of(team.ask())["payment"]["method"] == "blawby_api"


def test_a_refused_key_that_was_removed_meanwhile(
    team: TeamOnStage, sandbox: Sandbox, vault: EmbeddedVault
) -> None:
    new = team.new_key()
    data_of(team.stage.operator.post(team.secret, json=new), 201)
    data_of(team.ask("Hello"))
    root(vault).secrets.kv.v2.delete_metadata_and_all_versions(
        f"{team.team_id}/blawby_api", mount_point="teams"
    )
    sandbox.admin("DELETE", "keys", json={"key": new["apiKey"]})
    assert data_of(team.ask())["payment"]["method"] == "fallback_link"


def metric(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


def test_a_key_that_verify_found_good_again_is_used(team: TeamOnStage, sandbox: Sandbox) -> None:
    new, other = team.new_key(), team.stage.canaries.key()
    data_of(team.stage.operator.post(team.secret, json=new), 201)
    sandbox.admin("DELETE", "keys", json={"key": new["apiKey"]})
    before = metric("team_secrets_key_rejections_total")
    assert data_of(team.ask(sessionId="one"))["payment"]["reason"] == "key_rejected"
    assert metric("team_secrets_key_rejections_total") == before + 1
    for key in (new["apiKey"], other):
        sandbox.admin("POST", "keys", json={"team": team.ulid, "key": key})
    assert data_of(team.ask(sessionId="one"))["payment"]["reason"] == "key_rejected"
    assert data_of(team.stage.operator.post(f"{team.secret}/verify"))["valid"] is True
    assert data_of(team.ask(sessionId="one"))["payment"]["method"] == "blawby_api"


# --- the answer -------------------------------------------------------------------------------


def test_an_unfinished_intake_asks_for_what_is_missing(team: TeamOnStage) -> None:
    told = data_of(team.ask("Hello, I am Jane Doe", sessionId="s-1"))
    assert (told["workflow"], told["payment"], told["toolCalls"]) == ("intake", None, [])
    assert told["collected"]["name"] == "Jane Doe"
    assert told["missing"] == ["location", "phone", "email", "matterType"]
    assert told["metadata"]["teamId"] == team.team_id
    assert told["metadata"]["sessionId"] == "s-1"
    assert (told["metadata"]["engine"], told["metadata"]["degraded"]) == ("rules", False)


def test_the_answer_names_its_request(team: TeamOnStage) -> None:
    answer = team.ask("Hello")
    assert data_of(answer)["metadata"]["requestId"] == answer.headers["X-Request-ID"]
    assert data_of(answer)["metadata"]["sessionId"]


def test_a_finished_intake_is_a_matter(team: TeamOnStage) -> None:
    told = data_of(team.ask())
    [call] = told["toolCalls"]
    assert call["name"] == "create_matter"
    assert call["parameters"]["email"] == told["collected"]["email"] == "jane@example.com"
    assert told["missing"] == []


def test_the_older_message_form_is_read(team: TeamOnStage, nobody: Caller) -> None:
    older = [
        {"isUser": True, "content": "I am Jane Doe"},
        {"isUser": False, "content": "Where do you live?"},
        {"isUser": True, "content": "Charlotte, NC"},
    ]
    told = data_of(nobody.post("/api/agent", json={"teamId": team.team_id, "messages": older}))
    assert told["missing"] == ["phone", "email", "matterType"]


def test_a_team_is_named_by_id_in_either_case_or_by_slug(team: TeamOnStage, nobody: Caller) -> None:
    for name in (team.team_id, team.team_id.upper(), team.slug):
        told = data_of(nobody.post("/api/agent", json=turn(name, "Hello")))
        assert told["metadata"]["teamId"] == team.team_id


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ({"role": "user", "content": "x"}, "messages"),
        ("text", "messages"),
        ([{"role": "user", "content": "x"}] * 101, "messages"),
        ([{"role": "user", "content": "x" * 8001}], "messages.0.content"),
        ([{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}], "messages"),
        ([{"role": "system", "content": "x"}], "messages.0.role"),
        ([{"content": "x"}], "messages.0.role"),
        ([{"isUser": "yes", "content": "x"}], "messages.0.isUser"),
        ([{"isUser": True, "role": "user", "content": "x"}], "messages.0"),
        ([{"role": "user", "content": 7}], "messages.0.content"),
        (
            [{"role": "user", "content": "x"}, {"role": "user", "content": " "}],
            "messages.1.content",
        ),
        ([{"role": "user", "content": "x"}, "y"], "messages.1"),
    ],
)
def test_messages_are_checked(team: TeamOnStage, nobody: Caller, messages: Any, field: str) -> None:
    body = {"teamId": team.team_id, "messages": messages}
    answer = nobody.post("/api/agent", json=body)
    assert refusal_of(answer, 400, "validation_failed")["details"].keys() == {field}


@pytest.mark.parametrize("wrong", ["", "a b", "x" * 129, "a\n", 7, ["a"]])
def test_the_session_id_is_checked(team: TeamOnStage, wrong: object) -> None:
    details = refusal_of(team.ask("Hello", sessionId=wrong), 400, "validation_failed")["details"]
    assert details.keys() == {"sessionId"}


# --- limits -----------------------------------------------------------------------------------


def test_a_flood_on_one_team_is_told_to_wait(new_stage: NewStage) -> None:
    """The others go on; the seconds to wait are in the answer."""
    stage = new_stage(agent_rate_limit=parse("3/hour"))
    flooded, quiet = stage.team(), stage.team()
    statuses = [flooded.ask("Hello").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = flooded.ask("Hello")
    refusal_of(answer, 429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 3601
    data_of(quiet.ask("Hello"))


def test_what_is_refused_as_invalid_is_not_counted(new_stage: NewStage) -> None:
    stage = new_stage(agent_rate_limit=parse("1/hour"))
    team = stage.team()
    for _ in range(3):
        refusal_of(team.ask(""), 400, "validation_failed")
    data_of(team.ask("Hello"))


def root(vault: EmbeddedVault) -> hvac.Client:
    return hvac.Client(vault.address, token=vault.root_token)


def put_in_vault(vault: EmbeddedVault, team: TeamOnStage, api_key: str) -> None:
    """What somebody with the right to it writes with `vault kv put`."""
    label = {
        "team_ulid": {team.ulid: True},
        "fingerprint": {"0" * 12: True},
        "write_id": {"x": True},
    }
    root(vault).secrets.kv.v2.create_or_update_secret(
        f"{team.team_id}/blawby_api",
        secret={"team_id": team.team_id, "api_key": api_key, "label": label},
        mount_point="teams",
    )
