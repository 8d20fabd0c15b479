"""A team's invoices: those that the agent billed, and settling unknown ones."""

from tests.rig import Caller, Sandbox, Stage, TeamOnStage


def _unknown(team: TeamOnStage, sandbox: Sandbox) -> str:
    """An intake that Blawby billed and did not answer for; its key in the ledger."""
    fault = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=fault)
    answer = team.ask().json["data"]
    assert answer["payment"]["method"] == "pending"
    (entry,) = team.stage.operator.get(f"{team.path}/invoices").json["data"]["invoices"]
    assert entry["state"] == "unknown"
    return str(entry["id"])


def test_list_shows_what_the_agent_billed(team: TeamOnStage) -> None:
    told = team.with_key().ask(sessionId="visit-1").json["data"]
    billed = told["payment"]
    for caller in (team.stage.operator, team.member()):
        page = caller.get(f"{team.path}/invoices").json["data"]
        assert (page["count"], page["next"], page["unusable"]) == (1, None, [])
        (entry,) = page["invoices"]
        assert entry["id"] == told["matter"]["matterId"]
        assert entry["teamId"] == team.team_id
        assert entry["state"] == "invoiced"
        assert entry["amount"] == "75.00"
        assert entry["paymentId"] == billed["paymentId"]
        own = caller is not team.stage.operator
        assert entry["invoiceUrl"] == (billed["invoiceUrl"] if own else None)
        assert entry["sessionId"] == ("visit-1" if own else None)


def test_matters_without_an_invoice_are_not_listed(team: TeamOnStage) -> None:
    team.stage.operator.patch(team.path, json={"config": {"requiresPayment": False}})
    assert team.ask().json["data"]["payment"]["method"] == "none"
    assert team.stage.operator.get(f"{team.path}/invoices").json["data"]["invoices"] == []


def test_list_goes_page_by_page(team: TeamOnStage) -> None:
    team.with_key()
    for visit in range(3):
        team.ask(sessionId=f"visit-{visit}")
    member = team.member()
    seen, after = [], ""
    while after is not None:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = member.get(f"{team.path}/invoices", query_string=query).json["data"]
        seen += [entry["sessionId"] for entry in page["invoices"]]
        after = page["next"]
    assert sorted(seen) == ["visit-0", "visit-1", "visit-2"]


def test_an_operator_sees_unknown_ones_of_all_teams_until_they_are_settled(
    stage: Stage, sandbox: Sandbox
) -> None:
    teams = [stage.team().with_key() for _ in range(2)]
    keys = {team.team_id: _unknown(team, sandbox) for team in teams}

    def listed() -> dict[str, str]:
        found, after = {}, ""
        while after is not None:
            query = {"state": "unknown", "limit": 1} | ({"after": after} if after else {})
            page = stage.operator.get("/api/invoices", query_string=query).json["data"]
            found |= {entry["teamId"]: entry["id"] for entry in page["invoices"]}
            after = page["next"]
        return found

    assert keys.items() <= listed().items()
    settled = teams[0]
    path = f"{settled.path}/invoices/{keys[settled.team_id]}/resolve"
    assert stage.operator.post(path, json={"outcome": "failed"}).status_code == 200
    assert settled.team_id not in listed()
    assert teams[1].team_id in listed()


def test_nobody_else_sees_the_list_over_all_teams(stage: Stage, charlie: Caller) -> None:
    assert charlie.get("/api/invoices").status_code == 403
    assert stage.nobody.get("/api/invoices").status_code == 401
    for query in ({"state": "failed"}, {"after": "x"}, {"limit": 0}):
        answer = stage.operator.get("/api/invoices", query_string=query)
        assert (answer.status_code, answer.json["errorCode"]) == (400, "validation_failed")


def test_another_team_sees_nothing(team: TeamOnStage, charlie: Caller) -> None:
    team.with_key().ask()
    assert charlie.get(f"{team.path}/invoices").status_code == 403


def test_unknown_is_settled_as_invoiced(team: TeamOnStage, sandbox: Sandbox) -> None:
    key = _unknown(team.with_key(), sandbox)
    (made,) = [i for i in sandbox.admin("GET", "invoices") if i["team"].upper() == team.ulid]
    body = {"outcome": "invoiced", "paymentId": str(made["id"])}
    settled = team.stage.operator.post(f"{team.path}/invoices/{key}/resolve", json=body)
    assert settled.status_code == 200
    assert settled.json["data"]["state"] == "invoiced"
    payment = team.ask().json["data"]["payment"]
    assert payment["method"] == "blawby_api"
    assert payment["paymentId"] == str(made["id"])
    again = team.stage.operator.post(f"{team.path}/invoices/{key}/resolve", json=body)
    assert (again.status_code, again.json["errorCode"]) == (409, "invoice_settled")


def test_unknown_is_settled_as_failed_and_billed_anew(team: TeamOnStage, sandbox: Sandbox) -> None:
    key = _unknown(team.with_key(), sandbox)
    path = f"{team.path}/invoices/{key}/resolve"
    assert team.stage.operator.post(path, json={"outcome": "failed"}).status_code == 200
    assert team.ask().json["data"]["payment"]["method"] == "blawby_api"


def test_a_member_may_not_settle(team: TeamOnStage, sandbox: Sandbox) -> None:
    key = _unknown(team.with_key(), sandbox)
    path = f"{team.path}/invoices/{key}/resolve"
    assert team.member().post(path, json={"outcome": "failed"}).status_code == 403


def test_an_id_that_blawby_does_not_know(team: TeamOnStage, sandbox: Sandbox) -> None:
    key = _unknown(team.with_key(), sandbox)
    body = {"outcome": "invoiced", "paymentId": "999999"}
    answer = team.stage.operator.post(f"{team.path}/invoices/{key}/resolve", json=body)
    assert answer.status_code == 404


def test_what_does_not_fit(team: TeamOnStage) -> None:
    operator = team.stage.operator
    path = f"{team.path}/invoices/{'0' * 32}/resolve"
    assert operator.post(path, json={"outcome": "failed"}).status_code == 404
    for body in (
        {},
        {"outcome": "maybe"},
        {"outcome": "invoiced"},
        {"outcome": "failed", "paymentId": "1"},
    ):
        assert operator.post(path, json=body).json["errorCode"] == "validation_failed"
    assert operator.post(f"{team.path}/invoices/nothing/resolve", json={}).status_code == 404
