"""A team's matters: on record before the answer says so, and shown to whom they concern."""

from typing import Any

import pytest

from tests.rig import COMPLETE, CONFIG, Caller, TeamOnStage

FREE = {"requiresPayment": False}
WAYS = [FREE, CONFIG | {"blawbyApi": {"enabled": False}}, CONFIG]
CLIENT = ("Jane", "jane@example.com", "5552671", "Charlotte", "divorce")


def ask(team: TeamOnStage, *said: str, **fields: Any) -> dict[str, Any]:
    answer = team.ask(*said, **fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    data: dict[str, Any] = answer.json["data"]
    return data


def matter_of(team: TeamOnStage, caller: Caller) -> dict[str, Any]:
    page = caller.get(f"{team.path}/matters").json["data"]
    assert (page["count"], page["next"], page["unusable"]) == (1, None, [])
    (matter,) = page["matters"]
    return dict(matter)


@pytest.mark.parametrize("config", WAYS)
def test_a_finished_intake_is_on_record_whatever_the_team_asks_for(
    team: TeamOnStage, config: dict[str, Any]
) -> None:
    team.stage.operator.patch(team.path, json={"config": None})
    team.stage.operator.put(team.path, json={"slug": team.slug, "name": "A Team", "config": config})
    told = ask(team, sessionId="visit-1")
    assert told["workflow"] == "matter_created"
    assert told["matter"] == {
        "matterId": told["toolCalls"][0]["parameters"]["matter_id"],
        "stored": True,
        "repeat": False,
    }
    path = f"{team.path}/matters/{told['matter']['matterId']}"
    matter = team.member().get(path).json["data"]
    assert matter["client"] == {
        "name": "Jane Doe",
        "email": "jane@example.com",
        "phone": "+17045552671",
        "location": "Charlotte, NC",
    }
    assert "divorce" in matter["words"][0]["text"]
    assert matter["sessionId"] == "visit-1"
    assert matter["payment"]["method"] == told["payment"]["method"]
    assert matter["payment"]["invoiceUrl"] == told["payment"]["invoiceUrl"]
    assert matter["reference"] in told["response"]


def test_a_member_opens_a_matter_and_everybody_sees_that(team: TeamOnStage) -> None:
    ask(team)
    before = matter_of(team, team.stage.operator)
    assert before["openedAt"] is None
    member = team.member()
    opened = member.get(f"{team.path}/matters/{before['matterId']}").json["data"]
    assert opened["openedAt"] is not None
    after = matter_of(team, team.stage.operator)
    assert after == before | {"openedAt": after["openedAt"]}
    again = member.get(f"{team.path}/matters/{before['matterId']}").json["data"]
    assert again["openedAt"] == after["openedAt"]


def test_a_head_request_opens_nothing(team: TeamOnStage) -> None:
    """Nobody has seen the matter: a checker of links asks that way."""
    matter_id = ask(team)["matter"]["matterId"]
    answer = team.member().request("HEAD", f"{team.path}/matters/{matter_id}")
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert matter_of(team, team.stage.operator)["openedAt"] is None


def test_an_operator_sees_the_list_and_nothing_of_the_client(team: TeamOnStage) -> None:
    told = ask(team)
    operator = team.stage.operator
    listed = operator.get(f"{team.path}/matters").get_data(as_text=True)
    assert not [text for text in CLIENT if text in listed]
    assert "Family Law" in listed
    whole = operator.get(f"{team.path}/matters/{told['matter']['matterId']}")
    assert (whole.status_code, whole.json["errorCode"]) == (403, "forbidden")


def test_a_repeat_is_the_same_matter(team: TeamOnStage) -> None:
    first, second = ask(team), ask(team)
    assert second["matter"] == first["matter"] | {"repeat": True}
    assert second["payment"] == first["payment"]
    assert matter_of(team, team.member())["matterId"] == first["matter"]["matterId"]


def test_the_list_goes_page_by_page_and_by_state(team: TeamOnStage) -> None:
    made = {ask(team, sessionId=f"visit-{n}")["matter"]["matterId"] for n in range(3)}
    member = team.member()
    opened = min(made)
    member.get(f"{team.path}/matters/{opened}")
    seen, after = [], ""
    while after is not None:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = member.get(f"{team.path}/matters", query_string=query).json["data"]
        seen += [matter["matterId"] for matter in page["matters"]]
        after = page["next"]
    assert seen == sorted(made)

    def of(state: str) -> set[str]:
        page = member.get(f"{team.path}/matters", query_string={"state": state}).json["data"]
        return {matter["matterId"] for matter in page["matters"]}

    assert of("opened") == {opened}
    assert of("unopened") == made - {opened}
    assert of("failed") == made
    assert of("invoiced") == set()


def test_what_does_not_fit(team: TeamOnStage) -> None:
    member = team.member()
    for query in ({"limit": 0}, {"limit": 1001}, {"after": "x"}, {"state": "lost"}):
        answer = member.get(f"{team.path}/matters", query_string=query)
        assert (answer.status_code, answer.json["errorCode"]) == (400, "validation_failed")
    assert member.get(f"{team.path}/matters/{'0' * 32}").status_code == 404
    assert member.get(f"{team.path}/matters/nothing").status_code == 404


@pytest.mark.parametrize("who", ["member", "operator"])
def test_a_deleted_matter_is_gone(team: TeamOnStage, who: str) -> None:
    told = ask(team, COMPLETE)
    path = f"{team.path}/matters/{told['matter']['matterId']}"
    member = team.member()
    caller = member if who == "member" else team.stage.operator
    assert caller.delete(path).status_code == 200
    assert member.get(path).status_code == 404
    assert caller.delete(path).status_code == 404
    assert member.get(f"{team.path}/matters").json["data"]["matters"] == []


def test_another_team_sees_nothing(team: TeamOnStage, charlie: Caller) -> None:
    told = ask(team)
    path = f"{team.path}/matters/{told['matter']['matterId']}"
    for answer in (charlie.get(f"{team.path}/matters"), charlie.get(path), charlie.delete(path)):
        assert answer.status_code == 403
