"""Every route against everybody who has no business there: refused, and nothing told."""

import pytest

from tests.attack.walk import (
    AUDITORS,
    MEMBERS,
    PUBLIC,
    REQUEST_ID,
    STRANGERS,
    Callers,
    guarded,
    render,
    routes,
    told,
)
from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, Stage, TeamOnStage, new_ulid
from tests.vault.matrix import DOCUMENT, HTTP_PART


def test_each_route_has_a_declared_guard(stage: Stage) -> None:
    guards = stage.app.extensions["guards"]
    owners = {route.endpoint: route.endpoint.partition(".")[0] for route in routes(stage.app)}
    known = {"bearer", "public", "probe"}
    assert {e for e, owner in owners.items() if guards.get(owner) not in known} == set()


def test_the_public_routes_are_known_one_by_one(stage: Stage) -> None:
    public = {route.endpoint for route in routes(stage.app)} - {
        route.endpoint for route in guarded(stage.app)
    }
    assert public <= PUBLIC


@pytest.mark.parametrize("who", ["nobody", "garbage", "revoked", "expired", "foreign_agent"])
def test_without_a_good_token(
    stage: Stage, callers: Callers, attacked: TeamOnStage, who: str
) -> None:
    caller: Caller = getattr(callers, who)
    ghost = new_ulid()
    for route in guarded(stage.app):
        answer = route.ask(caller, attacked)
        refusal_of(answer, 401, "unauthenticated")
        assert told(answer) == told(route.ask(caller, attacked, ghost)), route.title


@pytest.mark.parametrize(("who", "may"), [("stranger", STRANGERS), ("auditor", AUDITORS)])
def test_with_a_token_that_is_not_enough(
    stage: Stage, callers: Callers, attacked: TeamOnStage, who: str, may: set[str]
) -> None:
    caller: Caller = getattr(callers, who)
    ghost = new_ulid()
    for route in guarded(stage.app):
        if route.endpoint in may:
            continue
        answer = route.ask(caller, attacked)
        refusal_of(answer, 403, "forbidden")
        assert told(answer) == told(route.ask(caller, attacked, ghost)), route.title


def test_a_member_on_the_operators_routes(stage: Stage, attacked: TeamOnStage) -> None:
    member = attacked.member()
    for route in guarded(stage.app):
        if route.endpoint not in MEMBERS:
            refusal_of(route.ask(member, attacked), 403, "forbidden")


def test_a_removed_team_is_told_like_one_that_never_was(
    stage: Stage, callers: Callers, team: TeamOnStage
) -> None:
    data_of(stage.operator.delete(team.with_key().path))
    for route in guarded(stage.app):
        if route.names_a_team:
            gone = route.ask(callers.stranger, team)
            assert told(gone) == told(route.ask(callers.stranger, team, new_ulid()))


def test_a_list_shows_a_member_its_own_team_alone(
    acme: TeamOnStage, alice: Caller, rival: TeamOnStage, charlie: Caller
) -> None:
    for team, member in ((acme, alice), (rival, charlie)):
        page = data_of(member.get("/api/team-secrets"))
        assert page == {
            "teams": [{"teamId": team.team_id, "hasSecret": True}],
            "count": 1,
            "next": None,
        }


def test_what_was_attacked_is_as_it_was(
    stage: Stage, callers: Callers, attacked: TeamOnStage, operator: Caller
) -> None:
    before = data_of(operator.get(attacked.secret))
    for route in guarded(stage.app):
        for caller in (callers.stranger, callers.auditor, callers.garbage, callers.foreign_agent):
            route.ask(caller, attacked)
    assert data_of(operator.get(attacked.secret)) == before
    assert attacked.ask().json["data"]["payment"]["method"] == "blawby_api"


def test_a_logout_needs_a_token_that_lives(callers: Callers) -> None:
    for caller in (callers.nobody, callers.garbage, callers.revoked, callers.expired):
        refusal_of(caller.post("/api/auth/logout"), 401, "unauthenticated")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_tell_nothing_of_a_team(
    callers: Callers, acme: TeamOnStage, method: str
) -> None:
    for path in ("/api/teams/", "/api/team-secrets/"):
        there, ghost = (
            told(callers.stranger.request(method, path + team_id, headers=REQUEST_ID))
            for team_id in (acme.team_id, new_ulid())
        )
        assert there == ghost


def test_metrics_are_not_public(stage: Stage) -> None:
    for caller in (stage.nobody, stage.operator):
        refusal_of(caller.get("/metrics"), 404, "not_found")


@pytest.mark.timeout(300)
def test_the_documented_table_is_what_the_app_answers(stage: Stage) -> None:
    documented = DOCUMENT.read_text().partition(HTTP_PART)
    assert "".join(documented[1:]) == render(stage), "run: python -m tests.attack.walk"
