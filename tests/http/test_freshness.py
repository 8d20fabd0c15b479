"""Two workers on one cache directory: what one was told, the other's next request has."""

import pytest

from tests.http.answers import data_of, refusal_of
from tests.http.test_agent_checks import calls_of, turn
from tests.rig import CONFIG, Caller, NewStage, Sandbox, Stage, TeamOnStage


@pytest.fixture(scope="session")
def workers(stage: Stage, new_stage: NewStage) -> tuple[Caller, Caller]:
    """The agent's clients, each at another worker of the same machine."""
    return stage.nobody, new_stage(stage.cache_dir).nobody


@pytest.fixture
def warm(team: TeamOnStage, workers: tuple[Caller, Caller]) -> TeamOnStage:
    """A team with a key that both workers have in memory."""
    team.with_key()
    for worker in workers:
        assert method_at(worker, team, "warm") == "blawby_api"
    return team


def method_at(worker: Caller, team: TeamOnStage, session: str) -> str:
    body = turn(team.team_id) | {"sessionId": session}
    return str(data_of(worker.post("/api/agent", json=body))["payment"]["method"])


def test_a_rotation_reaches_the_other_worker(
    warm: TeamOnStage, workers: tuple[Caller, Caller], sandbox: Sandbox
) -> None:
    """Blawby refuses every key but the new one, and is asked with no other."""
    new = warm.new_key()
    data_of(warm.stage.operator.put(warm.secret, json=new))
    asked = len(calls_of(sandbox, warm))
    sandbox.admin("POST", "keys", json={"team": warm.ulid, "key": new["apiKey"]})
    for number, worker in enumerate(workers):
        assert method_at(worker, warm, f"after-{number}") == "blawby_api"
    assert {row["status"] for row in calls_of(sandbox, warm)[asked:]} == {200}


def test_a_deletion_reaches_the_other_worker(
    warm: TeamOnStage, workers: tuple[Caller, Caller]
) -> None:
    operator = warm.stage.operator
    data_of(operator.delete(warm.secret))
    assert [method_at(worker, warm, "gone") for worker in workers] == ["fallback_link"] * 2
    data_of(operator.post(f"{warm.secret}/undelete"))
    assert [method_at(worker, warm, "back") for worker in workers] == ["blawby_api"] * 2
    data_of(operator.delete(f"{warm.secret}?destroy=true"))
    assert [method_at(worker, warm, "erased") for worker in workers] == ["fallback_link"] * 2


def test_a_configuration_reaches_the_other_worker(
    warm: TeamOnStage, workers: tuple[Caller, Caller]
) -> None:
    operator = warm.stage.operator
    data_of(operator.patch(warm.path, json={"config": {"blawbyApi": {"enabled": False}}}))
    assert [method_at(worker, warm, "static") for worker in workers] == ["static_link"] * 2
    put = {"slug": warm.slug, "name": "N", "config": CONFIG | {"consultationFee": 0}}
    data_of(operator.put(warm.path, json=put))
    assert [method_at(worker, warm, "free") for worker in workers] == ["none"] * 2


def test_a_removed_team_is_gone_at_the_other_worker(
    warm: TeamOnStage, workers: tuple[Caller, Caller]
) -> None:
    data_of(warm.stage.operator.delete(warm.path))
    for worker in workers:
        refusal_of(worker.post("/api/agent", json=turn(warm.team_id)), 404, "team_not_found")
        refusal_of(worker.post("/api/agent", json=turn(warm.slug)), 404, "team_not_found")


def test_a_moved_slug_leads_to_its_new_team_at_once(
    stage: Stage, workers: tuple[Caller, Caller]
) -> None:
    first, second = stage.team(), stage.team()
    slug = first.slug
    assert [team_at(worker, slug) for worker in workers] == [first.team_id] * 2
    data_of(stage.operator.patch(first.path, json={"slug": f"{slug}-old"}))
    for worker in workers:
        refusal_of(worker.post("/api/agent", json=turn(slug)), 404, "team_not_found")
    data_of(stage.operator.patch(second.path, json={"slug": slug}))
    assert [team_at(worker, slug) for worker in workers] == [second.team_id] * 2
    assert [team_at(worker, f"{slug}-old") for worker in workers] == [first.team_id] * 2


def test_a_team_that_was_unknown_is_known_once_it_is_registered(
    stage: Stage, team: TeamOnStage, workers: tuple[Caller, Caller]
) -> None:
    """Also to a worker that has just said that there is no such team."""
    data_of(stage.operator.delete(team.path))
    for worker in workers:
        refusal_of(worker.post("/api/agent", json=turn(team.team_id)), 404, "team_not_found")
        refusal_of(worker.post("/api/agent", json=turn(team.slug)), 404, "team_not_found")
    again = stage.team(team_id=team.team_id, slug=team.slug)
    assert [team_at(worker, again.team_id) for worker in workers] == [team.team_id] * 2
    assert [team_at(worker, again.slug) for worker in workers] == [team.team_id] * 2


def team_at(worker: Caller, name: str) -> str:
    told = data_of(worker.post("/api/agent", json=turn(name, "Hello")))
    return str(told["metadata"]["teamId"])
