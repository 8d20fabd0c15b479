"""The checks of a team-secrets API that the predecessor listed, on real parts."""

from tests.conftest import Caller, TeamOnStage


def test_store(team: TeamOnStage, operator: Caller) -> None:
    answer = operator.post(team.secret, json=team.new_key())
    assert answer.status_code == 201
    assert answer.json["data"] | {"message": ""} == {
        "teamId": team.team_id,
        "version": 1,
        "message": "",
    }


def test_agent_with_a_stored_key(team: TeamOnStage) -> None:
    answer = team.with_key().ask().json["data"]
    assert answer["payment"]["method"] == "blawby_api"


def test_member_stores_and_cannot_touch_another(team: TeamOnStage, charlie: Caller) -> None:
    member = team.member()
    assert member.post(team.secret, json=team.new_key()).status_code == 201
    assert member.get(team.secret).json["data"]["hasSecret"] is True
    refused = charlie.get(team.secret)
    assert refused.status_code == 403
    assert refused.json["errorCode"] == "forbidden"
