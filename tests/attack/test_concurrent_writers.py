"""Many at once on one thing: one wins, the others are told, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from werkzeug.test import TestResponse

from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, Stage, TeamOnStage, new_ulid

WRITERS = 10
ROUNDS = 5


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """The results of all, begun at the same moment."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def of_their_own(stage: Stage, token: str | None) -> list[Caller]:
    """A client for each writer: Flask's test client is not meant to be shared by threads."""
    return [Caller(stage.app.test_client(), token) for _ in range(WRITERS)]


def with_status(answers: list[TestResponse], status: int) -> list[TestResponse]:
    return [answer for answer in answers if answer.status_code == status]


def test_ten_with_if_match(stage: Stage, team: TeamOnStage, operator: Caller) -> None:
    """One wins each round, none is lost, and every version is one that was acknowledged."""
    writers = of_their_own(stage, team.with_key().member().token)
    ulids = {1: team.ulid}
    for round_ in range(ROUNDS):
        expected = round_ + 1
        told = data_of(operator.get(team.secret))
        assert told["version"] == expected
        bodies = [team.new_key(teamUlid=new_ulid()) for _ in writers]
        match = {"If-Match": f'"{expected}"'}
        answers = at_once(
            [
                partial(writer.put, team.secret, json=body, headers=match)
                for writer, body in zip(writers, bodies, strict=True)
            ]
        )
        (winner,) = with_status(answers, 200)
        assert data_of(winner)["version"] == expected + 1
        for loser in with_status(answers, 412):
            refusal_of(loser, 412, "version_conflict")
        assert len(with_status(answers, 412)) == WRITERS - 1
        ulids[expected + 1] = bodies[answers.index(winner)]["teamUlid"]
        assert data_of(operator.get(team.secret))["teamUlid"] == ulids[expected + 1]
    versions = data_of(operator.get(f"{team.secret}/versions"))["versions"]
    assert [v["version"] for v in versions] == list(range(1, ROUNDS + 2))
    for version, ulid in ulids.items():
        data_of(operator.post(f"{team.secret}/rollback", json={"version": version}))
        assert data_of(operator.get(team.secret))["teamUlid"] == ulid


def test_ten_that_store_the_first(stage: Stage, team: TeamOnStage, operator: Caller) -> None:
    writers = of_their_own(stage, operator.token)
    answers = at_once([lambda w=w: w.post(team.secret, json=team.new_key()) for w in writers])
    assert len(with_status(answers, 201)) == 1
    for answer in with_status(answers, 409):
        refusal_of(answer, 409, "secret_exists")
    assert len(with_status(answers, 409)) == WRITERS - 1
    assert data_of(operator.get(team.secret))["version"] == 1


def test_ten_without_a_condition(stage: Stage, team: TeamOnStage, operator: Caller) -> None:
    """The last writer wins, and each acknowledged write has a version of its own."""
    writers = of_their_own(stage, operator.token)
    team.with_key()
    answers = at_once([lambda w=w: w.put(team.secret, json=team.new_key()) for w in writers])
    assert sorted(data_of(a)["version"] for a in answers) == list(range(2, WRITERS + 2))
    assert data_of(operator.get(team.secret))["version"] == WRITERS + 1


def test_writers_and_deleters(stage: Stage, team: TeamOnStage, operator: Caller) -> None:
    """A delete takes away the version that it saw, never one that was stored meanwhile."""
    team.with_key()
    writers = of_their_own(stage, operator.token)
    calls: list[Callable[[], TestResponse]] = [
        lambda w=w: w.put(team.secret, json=team.new_key()) for w in writers[:5]
    ]
    calls += [lambda w=w: w.delete(team.secret) for w in writers[5:]]
    answers = at_once(calls)
    written = [data_of(a, a.status_code)["version"] for a in answers[:5]]
    assert sorted(written) == list(range(2, 7))
    deleted = {data_of(a)["version"] for a in answers[5:] if a.status_code == 200}
    told = data_of(operator.get(f"{team.secret}/versions"))["versions"]
    assert {v["version"] for v in told if v["deletedAt"]} == deleted
    assert data_of(operator.get(team.secret))["hasSecret"] is (6 not in deleted)


def test_ten_that_change_one_configuration(
    stage: Stage, team: TeamOnStage, operator: Caller
) -> None:
    """Each change of something else: none is lost."""
    changes = [{"config": {f"note{number}": number}} for number in range(WRITERS)]
    writers = zip(of_their_own(stage, operator.token), changes, strict=True)
    for answer in at_once([partial(w.patch, team.path, json=change) for w, change in writers]):
        data_of(answer)
    config = data_of(operator.get(team.path))["config"]
    assert all(config.get(f"note{number}") == number for number in range(WRITERS))


def test_one_slug_for_ten_teams(stage: Stage, operator: Caller) -> None:
    writers = of_their_own(stage, operator.token)
    ids = [new_ulid() for _ in writers]
    body = {"slug": f"wanted-{new_ulid()}", "name": "Wanted", "config": {}}
    answers = at_once(
        [
            lambda w=w, i=i: w.put(f"/api/teams/{i}", json=body)
            for w, i in zip(writers, ids, strict=True)
        ]
    )
    winners = [i for i, a in zip(ids, answers, strict=True) if a.status_code == 201]
    assert len(winners) == 1
    for answer in with_status(answers, 409):
        refusal_of(answer, 409, "slug_taken")
    assert len(with_status(answers, 409)) == WRITERS - 1
    for team_id in set(ids) - set(winners):
        refusal_of(operator.get(f"/api/teams/{team_id}"), 404, "team_not_found")
    turn = {"teamId": body["slug"], "messages": [{"role": "user", "content": "Hello"}]}
    answer = stage.nobody.post("/api/agent", json=turn)
    assert data_of(answer)["metadata"]["teamId"] == winners[0]


def test_ten_that_register_one_team(stage: Stage, operator: Caller) -> None:
    writers = of_their_own(stage, operator.token)
    path = f"/api/teams/{new_ulid()}"
    body = {"slug": f"once-{new_ulid()}", "name": "Once", "config": {}}
    answers = at_once([lambda w=w: w.put(path, json=body) for w in writers])
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert data_of(operator.get(path))["slug"] == body["slug"]
    team = TeamOnStage(stage, path.rpartition("/")[2], body["slug"])
    assert data_of(team.member().get(team.secret))["hasSecret"] is False
