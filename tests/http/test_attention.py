"""What needs a person, over all teams, on real parts."""

from typing import Any

from tests.rig import Caller, Sandbox, TeamOnStage
from tests.waiting import eventually

PATH = "/api/attention"


def needs(operator: Caller, limit: int = 1000) -> dict[str, list[dict[str, Any]]]:
    """Both lists whole, page by page."""
    found: dict[str, list[dict[str, Any]]] = {"unknownInvoices": [], "refusals": []}
    after: str | None = ""
    while after is not None:
        query = {"limit": limit} | ({"after": after} if after else {})
        answer = operator.get(PATH, query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        page = answer.json["data"]
        assert sum(len(page[name]) for name in found) <= limit
        for name in found:
            found[name] += page[name]
        after = page["next"]
    return found


def of_team(entries: list[dict[str, Any]], team: TeamOnStage) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["teamId"] == team.team_id]


def refuse(team: TeamOnStage) -> None:
    """Stores a key that Blawby refuses, and has a client find out."""
    body = team.new_key() | {"apiKey": f"bad-{team.stage.canaries.key()}"}
    assert team.stage.operator.put(team.secret, json=body).status_code in {200, 201}
    assert team.ask().json["data"]["payment"]["reason"] == "key_rejected"


def test_a_refused_key_is_listed_until_the_team_has_another(
    team: TeamOnStage, operator: Caller
) -> None:
    refuse(team.with_key())
    eventually(lambda: bool(of_team(needs(operator)["refusals"], team)))
    [key] = of_team(needs(operator)["refusals"], team)
    status = operator.get(team.secret).json["data"]
    assert key["version"] == status["version"] == 2
    assert key["fingerprint"] == status["fingerprint"]
    operator.put(team.secret, json=team.new_key())
    assert of_team(needs(operator)["refusals"], team) == []


def test_a_key_that_a_verification_finds_refused_is_listed_at_once(
    team: TeamOnStage, operator: Caller, sandbox: Sandbox
) -> None:
    team.with_key()
    sandbox.admin("POST", "faults", json={"call": "team", "kind": "status", "status": 401})
    assert operator.post(f"{team.secret}/verify").json["data"]["valid"] is False
    [key] = of_team(needs(operator)["refusals"], team)
    assert key["version"] == 1
    sandbox.admin("DELETE", "faults")
    assert operator.post(f"{team.secret}/verify").json["data"]["valid"] is True
    assert of_team(needs(operator)["refusals"], team) == []


def test_an_unknown_invoice_is_listed_until_it_is_resolved(
    team: TeamOnStage, operator: Caller, sandbox: Sandbox
) -> None:
    team.with_key()
    fault = {"call": "invoice", "kind": "status", "when": "after", "times": 1}
    sandbox.admin("POST", "faults", json=fault)
    assert team.ask().json["data"]["payment"]["method"] == "pending"
    [invoice] = of_team(needs(operator)["unknownInvoices"], team)
    assert invoice["state"] == "unknown"
    path = f"{team.path}/invoices/{invoice['id']}/resolve"
    assert operator.post(path, json={"outcome": "failed"}).status_code == 200
    assert of_team(needs(operator)["unknownInvoices"], team) == []


def test_pages_of_any_size_have_all_of_both(team: TeamOnStage, operator: Caller) -> None:
    others = [team, team.stage.team(), team.stage.team()]
    for each in others:
        refuse(each.with_key())
    ids = {each.team_id for each in others}

    def listed(limit: int) -> set[str]:
        return {key["teamId"] for key in needs(operator, limit)["refusals"]} & ids

    eventually(lambda: listed(1000) == ids)
    for limit in (1, 2, 3):
        assert listed(limit) == ids


def test_a_cursor_that_is_none_of_ours_is_refused(operator: Caller) -> None:
    for after in ("keys", "invoice", "matter/x", "key/../../x", "key/1"):
        assert operator.get(PATH, query_string={"after": after}).status_code == 400


def test_a_member_is_refused_on_every_page(team: TeamOnStage) -> None:
    member = team.with_key().member()
    for query in ({}, {"after": "key"}):
        assert member.get(PATH, query_string=query).status_code == 403
