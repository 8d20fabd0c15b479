"""Each turn of the agent is counted once, by what it was and how it ended, streamed or not."""

from prometheus_client import REGISTRY

from tests.rig import COMPLETE, Stage, TeamOnStage, new_ulid

Counts = dict[tuple[str, str], float]


def counted() -> Counts:
    (turns,) = [it for it in REGISTRY.collect() if it.name == "team_secrets_turns"]
    return {
        (sample.labels["kind"], sample.labels["outcome"]): sample.value
        for sample in turns.samples
        if sample.name.endswith("_total")
    }


def timed(kind: str) -> float:
    value = REGISTRY.get_sample_value("team_secrets_turn_seconds_count", {"kind": kind})
    assert value is not None
    return value


def more_than(before: Counts) -> Counts:
    now = counted()
    return {key: now[key] - before[key] for key in now if now[key] != before[key]}


def test_talk_and_a_finished_intake(acme: TeamOnStage) -> None:
    before, talks, finished = counted(), timed("talk"), timed("intake_finished")
    assert acme.ask("Hello").status_code == 200
    assert acme.ask().status_code == 200
    assert more_than(before) == {("talk", "answered"): 1, ("intake_finished", "answered"): 1}
    assert (timed("talk"), timed("intake_finished")) == (talks + 1, finished + 1)


def test_a_streamed_turn(acme: TeamOnStage) -> None:
    before = counted()
    body = {"teamId": acme.team_id, "messages": [{"role": "user", "content": COMPLETE}]}
    answer = acme.stage.nobody.post("/api/agent/stream", json=body)
    assert b"matter_created" in answer.get_data()
    assert more_than(before) == {("intake_finished", "answered"): 1}


def test_what_the_client_gets_wrong_is_no_failure_of_ours(stage: Stage) -> None:
    before, timed_before = counted(), timed("talk")
    body = {"teamId": new_ulid(), "messages": [{"role": "user", "content": "Hello"}]}
    assert stage.nobody.post("/api/agent", json=body).status_code == 404
    assert more_than(before) == {("talk", "refused"): 1}
    assert timed("talk") == timed_before


def test_vault_away_is_a_failure_of_ours(away: Stage) -> None:
    before = counted()
    body = {"teamId": new_ulid(), "messages": [{"role": "user", "content": "Hello"}]}
    assert away.nobody.post("/api/agent", json=body).status_code == 503
    assert more_than(before) == {("talk", "failed"): 1}
