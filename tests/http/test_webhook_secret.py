"""The secret that signs a team's webhooks: it comes in, is used, and never goes out."""

from base64 import b64encode
from typing import Any

import hvac
import pytest
from standardwebhooks.webhooks import Webhook

from tests.receivers import HttpsReceiver
from tests.rig import Caller, NewStage, TeamOnStage, new_ulid

SECRET = "whsec_" + b64encode(b"a canary that signs, 32 bytes ok").decode()


def put(caller: Caller, team: TeamOnStage, secret: Any = SECRET) -> Any:
    return caller.put(f"{team.path}/webhook-secret", json={"secret": secret})


def test_it_is_stored_by_members_and_operators_and_shown_to_nobody(team: TeamOnStage) -> None:
    for caller in (team.member(), team.stage.operator):
        answer = put(caller, team)
        assert answer.status_code == 200
        assert answer.json["data"]["teamId"] == team.team_id
        assert SECRET not in answer.get_data(as_text=True)
        assert caller.get(f"{team.path}/webhook-secret").status_code == 405
        for path in (team.path, team.secret, f"{team.path}/matters"):
            assert SECRET not in caller.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    "secret",
    [None, 5, "", "short", "with blank in it", "x" * 513, "whsec_%%%%%%%%", "whsec_c2hvcnQ="],
)
def test_what_is_no_secret_is_refused_and_not_repeated(team: TeamOnStage, secret: Any) -> None:
    answer = put(team.member(), team, secret)
    assert (answer.status_code, answer.json["errorCode"]) == (400, "validation_failed")
    assert secret in (None, 5, "") or secret not in answer.get_data(as_text=True)


def test_nobody_else_may(team: TeamOnStage, charlie: Caller) -> None:
    assert put(charlie, team).status_code == 403
    assert charlie.delete(f"{team.path}/webhook-secret").status_code == 403
    assert put(team.stage.nobody, team).status_code == 401
    strange = TeamOnStage(team.stage, new_ulid(), "x")
    assert put(team.stage.operator, strange).status_code == 404


def test_it_goes_with_its_team(team: TeamOnStage) -> None:
    put(team.stage.operator, team)
    vault = team.stage.service.vault
    root = hvac.Client(vault.address, token=vault.root_token)
    assert root.read(f"teams/metadata/{team.team_id}/webhook")
    assert team.stage.operator.delete(team.path).status_code == 200
    assert root.read(f"teams/metadata/{team.team_id}/webhook") is None


@pytest.mark.parametrize(
    "webhook",
    ["http://firm.example/hook", "https://", "https://user:word@firm.example/", "javascript:x", 5],
)
def test_a_webhook_is_an_https_url(team: TeamOnStage, webhook: Any) -> None:
    answer = team.stage.operator.patch(team.path, json={"config": {"notify": {"webhook": webhook}}})
    assert (answer.status_code, answer.json["errorCode"]) == (400, "validation_failed")


def test_a_matter_is_delivered_with_the_newest_secret(
    new_stage: NewStage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with HttpsReceiver(tmp_path_factory.mktemp("receiver")) as receiver:
        stage = new_stage(webhook_allow_loopback=True, webhook_cacert=receiver.cacert)
        team = stage.team({"requiresPayment": False, "notify": {"webhook": receiver.url}})
        put(team.member(), team, "whsec_" + b64encode(b"x" * 32).decode())
        put(team.member(), team)
        told = team.ask().json["data"]
        receiver.wait_for(1)
        (post,) = receiver.posts
        told_to_the_firm = Webhook(SECRET).verify(post.body, post.headers)
        assert told_to_the_firm["data"]["matterId"] == told["matter"]["matterId"]
        assert told_to_the_firm["data"]["client"]["email"] == "jane@example.com"


def test_loopback_is_not_called_unless_it_is_allowed(
    new_stage: NewStage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with HttpsReceiver(tmp_path_factory.mktemp("receiver")) as receiver:
        stage = new_stage(webhook_cacert=receiver.cacert)
        team = stage.team({"requiresPayment": False, "notify": {"webhook": receiver.url}})
        put(team.member(), team)
        assert team.ask().json["data"]["matter"]["stored"]
        assert receiver.posts == []
