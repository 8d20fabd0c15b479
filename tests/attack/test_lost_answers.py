"""Vault goes away in the middle: nothing that it keeps contradicts itself, and a repeat completes.

Each change is cut off after its first request to Vault, its second, and so on, until it gets
through. After each cut, what Vault holds is compared with what the API tells of it.
"""

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from itertools import count
from typing import Any

import hvac
import pytest
from werkzeug.test import TestResponse

from tests.attack.scene import Scene, turn
from tests.faults.tcp_proxy import (
    Behaviour,
    Exchange,
    TcpProxy,
    commits_then_closes,
    commits_then_cuts,
    commits_then_is_silent,
    commits_then_resets,
    passes,
    resets,
)
from tests.http.answers import data_of, refusal_of
from tests.rig import CONFIG, Caller, TeamOnStage, new_ulid

LOST = [commits_then_resets, commits_then_closes, commits_then_cuts, commits_then_is_silent]


def away_after(number: int) -> Behaviour:
    """Vault answers so many requests, and is gone with the next one."""
    seen = count()

    def behaviour(exchange: Exchange) -> None:
        (passes if next(seen) < number else resets)(exchange)

    return behaviour


def gone_once_done(behaviour: Behaviour, proxy: TcpProxy) -> Behaviour:
    """Vault does it, the answer is lost, and then nobody reaches Vault any more."""

    def committing(exchange: Exchange) -> None:
        proxy.always("/v1/", resets)
        behaviour(exchange)

    return committing


def has_one_story(scene: Scene, team: TeamOnStage) -> dict[str, Any]:
    """The status, after it was compared with what Vault really holds."""
    answer = scene.steady.operator.get(team.secret)
    if answer.status_code == 404:
        with pytest.raises(hvac.exceptions.InvalidPath):
            scene.root.adapter.get(f"/v1/teams/data/{team.team_id}/config")
        return refusal_of(answer, 404, "team_not_found")
    status: dict[str, Any] = data_of(answer)
    path = f"/v1/teams/data/{team.team_id}/blawby_api"
    try:
        live = scene.root.adapter.get(path)["data"]
    except hvac.exceptions.InvalidPath:
        assert status["hasSecret"] is False
        return status
    assert status["hasSecret"] is True
    assert status["version"] == live["metadata"]["version"]
    assert status["fingerprint"] == fingerprint(scene.root, live["data"]["api_key"])
    assert [status["teamUlid"]] == list(live["data"]["label"]["team_ulid"])
    return status


def fingerprint(root: hvac.Client, key: str) -> str:
    body = {"input": b64encode(key.encode()).decode()}
    answer = root.adapter.post("/v1/transit/hmac/team-secret-fingerprint", json=body)
    return b64decode(answer["data"]["hmac"].rpartition(":")[2]).hex()[:12]


Change = Callable[[Caller, TeamOnStage], TestResponse]


def rotated(team: TeamOnStage) -> TeamOnStage:
    """Two versions are there."""
    data_of(team.stage.operator.put(team.with_key().secret, json=team.new_key()))
    return team


def deleted(team: TeamOnStage) -> TeamOnStage:
    data_of(team.stage.operator.delete(rotated(team).secret))
    return team


CHANGES: dict[str, tuple[Callable[[TeamOnStage], TeamOnStage], Change]] = {
    "store": (lambda team: team, lambda who, team: who.post(team.secret, json=team.new_key())),
    "replace": (rotated, lambda who, team: who.put(team.secret, json=team.new_key())),
    "store again": (deleted, lambda who, team: who.post(team.secret, json=team.new_key())),
    "rollback": (
        rotated,
        lambda who, team: who.post(f"{team.secret}/rollback", json={"version": 1}),
    ),
    "delete": (rotated, lambda who, team: who.delete(team.secret)),
    "undelete": (deleted, lambda who, team: who.post(f"{team.secret}/undelete")),
    "destroy": (rotated, lambda who, team: who.delete(f"{team.secret}?destroy=true")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_cut_off_anywhere_a_secret_has_one_story(scene: Scene, name: str) -> None:
    prepare, change = CHANGES[name]
    for number in count():
        team = prepare(scene.team())
        before = has_one_story(scene, team)
        scene.proxy.always("/v1/", away_after(number))
        answer = change(scene.shaky.operator, team)
        scene.proxy.heal()
        after = has_one_story(scene, team)
        if answer.status_code < 300:
            break
        refusal_of(answer, 503, "vault_unavailable")
        assert after == before
        assert change(scene.shaky.operator, team).status_code < 300
        has_one_story(scene, team)
    assert number > 1


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("name", CHANGES)
def test_what_was_done_is_not_said_to_have_failed(scene: Scene, name: str, lost: Behaviour) -> None:
    prepare, change = CHANGES[name]
    team = prepare(scene.team())
    before = scene.root.read(f"teams/metadata/{team.team_id}/blawby_api")
    writes = name if name in {"delete", "undelete", "destroy"} else "data"
    # A delete asks first whether it may, by the same path.
    first = [passes] if name == "delete" else []
    scene.proxy.on(f"POST /v1/teams/{writes}/{team.team_id}/", *first, lost)
    scene.proxy.on(f"PUT /v1/teams/{writes}/{team.team_id}/", lost)
    answer = data_of(change(scene.shaky.operator, team), 201 if name.startswith("store") else 200)
    status = has_one_story(scene, team)
    assert status["hasSecret"] is (name not in {"delete", "destroy"})
    assert answer["version"] == status.get("version", answer["version"])
    known = before["data"]["current_version"] if before else 0
    versions = data_of(scene.steady.operator.get(f"{team.secret}/versions"))["versions"]
    assert len(versions) == known + (writes == "data"), "nothing was written twice"


def test_where_it_cannot_be_read_back(scene: Scene) -> None:
    """Not confirmed and done all the same: the status says so, and no worker uses the old key."""
    team = scene.team()
    bad = {"apiKey": team.stage.canaries.key("revoked"), "teamUlid": team.ulid}
    data_of(scene.steady.operator.post(team.secret, json=bad), 201)
    assert team.ask().json["data"]["payment"]["reason"] == "key_rejected"
    scene.proxy.on(
        f"POST /v1/teams/data/{team.team_id}/", gone_once_done(commits_then_resets, scene.proxy)
    )
    answer = scene.shaky.operator.put(team.secret, json=team.new_key())
    refusal_of(answer, 503, "vault_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    scene.proxy.heal()
    assert has_one_story(scene, team)["version"] == 2
    payment = team.ask().json["data"]["payment"]
    assert (payment["method"], payment["reason"]) == ("blawby_api", None)


def test_what_was_lost_before_it_arrived_is_sent_again(scene: Scene) -> None:
    team = scene.team()
    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/", resets)
    answer = scene.shaky.operator.post(team.secret, json=team.new_key())
    assert data_of(answer, 201)["version"] == 1
    assert has_one_story(scene, team)["version"] == 1


def test_somebody_elses_write_is_not_taken_for_ones_own(scene: Scene) -> None:
    """The answer is lost, the write was not done, and another came first."""
    team = scene.team().with_key()
    other = team.new_key(teamUlid=new_ulid())

    def another_comes_first(exchange: Exchange) -> None:
        data_of(scene.steady.operator.put(team.secret, json=other))
        commits_then_resets(exchange)

    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/", another_comes_first)
    mine = {"If-Match": '"1"'}
    answer = scene.shaky.operator.put(team.secret, json=team.new_key(), headers=mine)
    refusal_of(answer, 412, "version_conflict")
    assert has_one_story(scene, team)["teamUlid"] == other["teamUlid"]


def test_a_registration_cut_off_anywhere(scene: Scene) -> None:
    """What is half registered is no team; a repeat makes it one, and its member can log in."""
    for number in count():
        team = TeamOnStage(scene.steady, new_ulid(), f"half-{new_ulid()}")
        body = {"slug": team.slug, "name": "Half", "config": CONFIG}
        scene.proxy.always("/v1/", away_after(number))
        answer = scene.shaky.operator.put(team.path, json=body)
        scene.proxy.heal()
        if answer.status_code == 201:
            break
        refusal_of(answer, 503, "vault_unavailable")
        shown = scene.steady.operator.get(team.path)
        agent = scene.steady.nobody.post("/api/agent", json=turn(team, team.slug))
        assert agent.status_code == shown.status_code
        stored = scene.steady.operator.post(team.secret, json=team.new_key())
        assert stored.status_code == (201 if shown.status_code == 200 else 404)
        assert scene.steady.operator.put(team.path, json=body).status_code in {200, 201}
        member = team.member()
        assert member.put(team.secret, json=team.new_key()).status_code in {200, 201}
        assert has_one_story(scene, team)["hasSecret"] is True
    assert number > 5


def test_a_removal_cut_off_anywhere(scene: Scene) -> None:
    """Once its answer is there nothing is; until then a repeat finds what is left."""
    for number in count():
        team = scene.team().with_key()
        member = team.member()
        data_of(scene.steady.nobody.post("/api/agent", json=turn(team)))
        scene.proxy.always("/v1/", away_after(number))
        answer = scene.shaky.operator.delete(team.path)
        scene.proxy.heal()
        has_one_story(scene, team)
        agent = scene.steady.nobody.post("/api/agent", json=turn(team))
        assert agent.status_code == scene.steady.operator.get(team.path).status_code
        if answer.status_code == 503:
            again = scene.steady.operator.delete(team.path)
            assert again.status_code == 200 or is_gone(scene, team)
        assert is_gone(scene, team)
        refusal_of(member.get(team.secret), 401, "unauthenticated")
        if answer.status_code == 200:
            break
    assert number > 5


def is_gone(scene: Scene, team: TeamOnStage) -> bool:
    paths = (
        f"teams/metadata/{team.team_id}/config",
        f"teams/metadata/{team.team_id}/blawby_api",
        f"auth/teams/role/team-{team.team_id}",
        f"identity/entity/name/team-{team.team_id}",
    )
    return not any(scene.root.read(path) for path in paths)


@pytest.mark.parametrize("lost", LOST)
def test_a_registration_whose_answers_are_lost(scene: Scene, lost: Behaviour) -> None:
    """Each answer to a write, one after the other."""
    for path in ("platform/data/slugs", "auth/teams/role", "identity/", "teams/data"):
        team = TeamOnStage(scene.steady, new_ulid(), f"lost-{new_ulid()}")
        body = {"slug": team.slug, "name": "Lost", "config": CONFIG}
        scene.proxy.on(f"POST /v1/{path}", lost)
        data_of(scene.shaky.operator.put(team.path, json=body), 201)
        data_of(team.member().post(team.secret, json=team.new_key()), 201)
        shown = scene.steady.nobody.post("/api/agent", json=turn(team, team.slug))
        assert data_of(shown)["metadata"]["teamId"] == team.team_id


@pytest.mark.parametrize("lost", LOST)
def test_a_change_whose_answer_is_lost(scene: Scene, lost: Behaviour) -> None:
    """It is known again by what is in it, not taken for somebody else's."""
    team = scene.team()
    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/config", lost)
    data_of(scene.shaky.operator.patch(team.path, json={"name": "Changed"}))
    assert data_of(scene.steady.operator.get(team.path))["name"] == "Changed"


@pytest.mark.parametrize("lost", LOST)
def test_a_removal_whose_answers_are_lost(scene: Scene, lost: Behaviour) -> None:
    for path in ("platform/", "teams/metadata", "identity/", "auth/teams/role"):
        team = scene.team().with_key()
        scene.proxy.on(f"DELETE /v1/{path}", lost)
        data_of(scene.shaky.operator.delete(team.path))
        assert is_gone(scene, team)


@pytest.mark.parametrize("lost", LOST)
def test_a_slug_whose_settlement_is_not_answered(scene: Scene, lost: Behaviour) -> None:
    team = TeamOnStage(scene.steady, new_ulid(), f"settled-{new_ulid()}")
    scene.proxy.on(f"POST /v1/platform/data/slugs/{team.slug}", passes, lost)
    body = {"slug": team.slug, "name": "Settled", "config": CONFIG}
    data_of(scene.shaky.operator.put(team.path, json=body), 201)
    shown = scene.steady.nobody.post("/api/agent", json=turn(team, team.slug))
    assert data_of(shown)["metadata"]["teamId"] == team.team_id


def test_a_slug_that_was_taken_over_on_the_way(scene: Scene) -> None:
    """Another team claims it before ours is registered: ours is refused, and is as before."""
    slug = f"contested-{new_ulid()}"
    new, renamed = TeamOnStage(scene.steady, new_ulid(), slug), scene.team()
    before = data_of(scene.steady.operator.get(renamed.path))
    calls = (
        (new, lambda: scene.shaky.operator.put(new.path, json=body(slug))),
        (renamed, lambda: scene.shaky.operator.patch(renamed.path, json={"slug": slug})),
    )
    for team, register in calls:
        winner = new_ulid()

        def another_is_faster(exchange: Exchange, winner: str = winner) -> None:
            data_of(scene.steady.operator.put(f"/api/teams/{winner}", json=body(slug)), 201)
            passes(exchange)

        scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/config", another_is_faster)
        refusal_of(register(), 409, "slug_taken")
        shown = scene.steady.nobody.post("/api/agent", json=turn(team, slug))
        assert data_of(shown)["metadata"]["teamId"] == winner
        data_of(scene.steady.operator.delete(f"/api/teams/{winner}"))
    refusal_of(scene.steady.operator.get(new.path), 404, "team_not_found")
    assert data_of(scene.steady.operator.get(renamed.path)) == before
    by_old_slug = scene.steady.nobody.post("/api/agent", json=turn(renamed, renamed.slug))
    assert data_of(by_old_slug)["metadata"]["teamId"] == renamed.team_id


def test_a_change_that_meets_a_slug_refused_is_not_lost(scene: Scene) -> None:
    """Somebody changes the team while a slug stands there that will be refused."""
    slug, team, winner = f"contested-{new_ulid()}", scene.team(), new_ulid()
    theirs = {"slug": f"theirs-{new_ulid()}", "config": {"note": 1}}
    changed = threading.Event()

    def others_are_faster(exchange: Exchange) -> None:
        data_of(scene.steady.operator.put(f"/api/teams/{winner}", json=body(slug)), 201)
        reply = exchange.forward()
        data_of(scene.steady.operator.patch(team.path, json=theirs))
        changed.set()
        exchange.answer(reply)

    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/config", others_are_faster)
    refusal_of(scene.shaky.operator.patch(team.path, json={"slug": slug}), 409, "slug_taken")
    # On a busy machine the refusal comes while the others are still at it.
    assert changed.wait(60)
    left = data_of(scene.steady.operator.get(team.path))
    assert (left["slug"], left["config"]["note"]) == (theirs["slug"], 1)
    shown = scene.steady.nobody.post("/api/agent", json=turn(team, theirs["slug"]))
    assert data_of(shown)["metadata"]["teamId"] == team.team_id
    data_of(scene.steady.operator.delete(f"/api/teams/{winner}"))


def test_a_refused_slug_brings_no_removed_team_back(scene: Scene) -> None:
    slug, team, winner = f"contested-{new_ulid()}", scene.team(), new_ulid()
    removed = threading.Event()

    def others_are_faster(exchange: Exchange) -> None:
        data_of(scene.steady.operator.put(f"/api/teams/{winner}", json=body(slug)), 201)
        reply = exchange.forward()
        data_of(scene.steady.operator.delete(team.path))
        removed.set()
        exchange.answer(reply)

    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/config", others_are_faster)
    refusal_of(scene.shaky.operator.patch(team.path, json={"slug": slug}), 409, "slug_taken")
    assert removed.wait(60)
    assert is_gone(scene, team)
    data_of(scene.steady.operator.delete(f"/api/teams/{winner}"))


def test_a_change_leaves_nothing_of_a_team_that_is_removed_meanwhile(scene: Scene) -> None:
    team = scene.team()

    def removal_is_faster(exchange: Exchange) -> None:
        data_of(scene.steady.operator.delete(team.path))
        passes(exchange)

    scene.proxy.on(f"POST /v1/teams/data/{team.team_id}/config", removal_is_faster)
    changed = scene.shaky.operator.patch(team.path, json={"name": "B"})
    refusal_of(changed, 404, "team_not_found")
    assert is_gone(scene, team)


def body(slug: str) -> dict[str, Any]:
    return {"slug": slug, "name": "Contested", "config": CONFIG}
