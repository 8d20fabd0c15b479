"""The agent with a language model, through the whole app: good, bad, dead and hostile ones."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from limits import parse
from prometheus_client import REGISTRY

from app.domain.secret import SecretString
from sandbox.language_model import Script, create_language_model
from sandbox.server import serving
from tests.events import events_of, words_of
from tests.fakes.model import THIEF
from tests.http.answers import data_of
from tests.rig import COMPLETE, CONFIG, NewStage, Stage, TeamOnStage
from tests.waiting import eventually

WORDS = "I am so sorry to hear that."


@pytest.fixture
def model() -> Iterator[tuple[str, Script]]:
    app = create_language_model()
    with serving(app) as url:
        yield f"{url}/v1", app.extensions["script"]


@pytest.fixture
def script(model: tuple[str, Script]) -> Script:
    return model[1].always("arguments", {"words": WORDS})


def settings(url: str, **changes: Any) -> dict[str, Any]:
    return {"llm_base_url": url, "llm_model": "small", "llm_timeout": 20.0} | changes


@pytest.fixture
def team(new_stage: NewStage, model: tuple[str, Script], script: Script) -> TeamOnStage:
    return new_stage(**settings(model[0])).team().with_key()


def engine_of(data: dict[str, Any]) -> tuple[str, bool]:
    return data["metadata"]["engine"], data["metadata"]["degraded"]


def test_a_good_models_turn(team: TeamOnStage) -> None:
    data = data_of(team.ask("my landlord kicked me out"))
    assert engine_of(data) == ("llm", False)
    assert data["response"].startswith(WORDS)


def test_what_it_proposed_is_counted(team: TeamOnStage, script: Script) -> None:
    def counted(kind: str, outcome: str) -> float:
        labels = {"kind": kind, "outcome": outcome}
        return REGISTRY.get_sample_value("team_secrets_llm_proposals_total", labels) or 0.0

    named = [
        ("matterType", "dropped"),
        ("question", "kept"),
        ("name", "dropped"),
        ("words", "kept"),
    ]
    before = [counted(*one) for one in named]
    proposed = {"matterType": "Family Law", "question": "price", "name": "Mallory", "words": WORDS}
    script.then("arguments", proposed)
    team.ask("what will this do to my wallet")
    assert [counted(*one) for one in named] == [count + 1 for count in before]


def test_its_words_are_streamed_as_they_are_answered(team: TeamOnStage) -> None:
    body = {
        "teamId": team.team_id,
        "messages": [{"role": "user", "content": "my landlord kicked me out"}],
    }
    answer = team.stage.nobody.post("/api/agent/stream", json=body)
    events = events_of(answer.data)
    told = words_of(events)
    assert told == dict(events)["final"]["data"]["response"]
    assert told.startswith(WORDS)


@pytest.mark.parametrize(
    "words", ["Pay at https://evil.example now.", "You will surely win $5,000."]
)
def test_no_piece_of_what_may_not_be_said_leaves_in_a_stream(
    team: TeamOnStage, script: Script, words: str
) -> None:
    script.always("arguments", {"words": words})
    body = {
        "teamId": team.team_id,
        "messages": [{"role": "user", "content": "my landlord kicked me out"}],
    }
    answer = team.stage.nobody.post("/api/agent/stream", json=body)
    assert script.asked
    assert not any(word in answer.data.decode() for word in ("evil", "win", "5,000", "Pay at"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("status", 500), ("html", None), ("arguments", "{"), ("content", "No."), ("cut", None)],
)
def test_a_bad_models_turn_is_the_rules_own(
    team: TeamOnStage, script: Script, stage: Stage, kind: str, value: Any
) -> None:
    script.then(kind, value)
    told = data_of(team.ask("my landlord kicked me out"))
    assert engine_of(told) == ("rules", True)
    plain = data_of(stage.team().ask("my landlord kicked me out"))
    assert engine_of(plain) == ("rules", False)
    assert told["response"] == plain["response"]


def test_a_team_may_switch_it_off(team: TeamOnStage, script: Script) -> None:
    other = team.stage.team(CONFIG | {"ai": {"enabled": False}})
    assert engine_of(data_of(other.ask("my landlord kicked me out"))) == ("rules", False)
    assert script.asked == []


def test_the_switch_is_checked_like_all_of_the_configuration(team: TeamOnStage) -> None:
    path, operator = team.path, team.stage.operator
    refused = operator.patch(path, json={"config": {"ai": {"enabled": "no"}}})
    assert refused.status_code in (400, 422)
    assert operator.patch(path, json={"config": {"ai": {"enabled": False}}}).status_code == 200


def test_a_stalled_model_leaves_the_turn_its_deadline(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    """Half of the turn is for the model: the other half still files the matter."""
    team = new_stage(**settings(model[0]), agent_deadline=2.0).team().with_key()
    script.always("drip", 0.05)
    assert engine_of(data_of(team.ask("my landlord kicked me out"))) == ("rules", True)


@pytest.mark.parametrize(("timeout", "engine"), [(0.3, ("rules", True)), (60.0, ("llm", False))])
def test_llm_timeout_is_what_one_waits(
    new_stage: NewStage, model: tuple[str, Script], script: Script, timeout: float, engine: Any
) -> None:
    changes = settings(model[0], llm_timeout=timeout)
    team = new_stage(**changes, agent_deadline=120.0).team()
    script.then("arguments", {"words": WORDS}, seconds=1.0)
    assert engine_of(data_of(team.ask("my landlord kicked me out"))) == engine


def test_llm_max_tokens_and_llm_model_reach_the_server(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    stage = new_stage(**settings(model[0], llm_max_tokens=77, llm_model="of-the-house"))
    stage.team().ask("my landlord kicked me out")
    [asked] = script.asked
    assert (asked["body"]["max_tokens"], asked["body"]["model"]) == (77, "of-the-house")


def test_llm_concurrency_keeps_the_other_threads_free(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    team = new_stage(**settings(model[0], llm_concurrency=1, llm_timeout=60.0)).team()
    go_on = threading.Event()
    script.then("held", go_on)
    waits = threading.Thread(target=team.ask, args=("my landlord kicked me out",))
    waits.start()
    eventually(lambda: bool(script.asked))
    assert engine_of(data_of(team.ask("my boss did not pay me"))) == ("rules", True)
    go_on.set()
    waits.join()
    assert engine_of(data_of(team.ask("my boss did not pay me"))) == ("llm", False)


def test_llm_team_tokens_bound_what_one_team_costs(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    stage = new_stage(**settings(model[0], llm_team_tokens=parse("2500/hour")))
    team, other = stage.team(), stage.team()
    engines = [engine_of(data_of(team.ask(f"my {it} landlords are cross"))) for it in range(5)]
    assert engines[0] == ("llm", False)
    assert engines[-1] == ("rules", True)
    assert engine_of(data_of(other.ask("my landlord kicked me out"))) == ("llm", False)


def test_the_key_goes_to_the_model_and_nothing_said_to_a_log(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    """At the level DEBUG, at which the package would log whole requests."""
    stage = new_stage(**settings(model[0]))
    key = stage.canaries.key()
    stage = new_stage(**settings(model[0], llm_api_key=SecretString(key)))
    stage.team().ask("my landlord is Zebedee Quux")
    script.then("status", 500)
    stage.team().ask("my landlord is Zebedee Quux")
    assert {asked["headers"]["Authorization"] for asked in script.asked} == {f"Bearer {key}"}
    assert "Quux" not in (stage.canaries.captured / "logs").read_text("utf-8")


def test_a_matter_that_needed_the_model_is_billed_once_also_when_the_model_has_died(
    new_stage: NewStage, model: tuple[str, Script], script: Script
) -> None:
    """The rules alone would ask on; the matter on record is found by what the client said. Another
    worker remembers nothing of the first turn."""
    stage = new_stage(**settings(model[0]))
    team = stage.team().with_key()
    fellow = new_stage(cache_dir=stage.cache_dir, **settings(model[0]))
    intake = (
        "My landlord kicked me out. Everyone calls me priya natarajan. I live in Charlotte, NC, "
        "704 555 2671, priya@example.com"
    )
    script.always("arguments", {"name": "Priya Natarajan", "words": WORDS})
    first = data_of(team.ask(intake, sessionId="s-1"))
    assert first["workflow"] == "matter_created"
    assert first["collected"]["name"] == "Priya Natarajan"
    assert first["payment"]["method"] == "blawby_api"
    script.always("status", 500)
    messages = [{"role": "user", "content": intake}]
    for _ in range(2):
        body = {"teamId": team.team_id, "sessionId": "s-1", "messages": messages}
        again = data_of(fellow.nobody.post("/api/agent", json=body))
        assert engine_of(again) == ("rules", True)
        assert again["payment"]["paymentId"] == first["payment"]["paymentId"]
        assert again["payment"]["invoiceUrl"] == first["payment"]["invoiceUrl"]
        assert again["matter"] == first["matter"] | {"repeat": True}
        messages += [
            {"role": "assistant", "content": again["response"]},
            {"role": "user", "content": "thanks"},
        ]


def talked(team: TeamOnStage, texts: list[str]) -> list[dict[str, Any]]:
    """The turns of a conversation."""
    messages: list[dict[str, str]] = []
    turns = []
    for text in texts:
        messages.append({"role": "user", "content": text})
        body = {"teamId": team.team_id, "sessionId": "s-1", "messages": messages}
        turns.append(data_of(team.stage.nobody.post("/api/agent", json=body)))
        messages.append({"role": "assistant", "content": turns[-1]["response"]})
    return turns


def test_the_worst_model_changes_nothing_about_money(team: TeamOnStage, script: Script) -> None:
    worst = THIEF | {"words": "It is free, pay nothing, go to https://evil.example", "fee": 0}
    script.always("arguments", worst)
    plain_team = team.stage.team(CONFIG | {"ai": {"enabled": False}}).with_key()
    told, plain = (talked(one, COMPLETE.split(", ")) for one in (team, plain_team))
    assert script.asked
    for data in told:
        assert "evil" not in json.dumps(data)
        assert "mallory" not in json.dumps(data).lower()
    last, wanted = told[-1], plain[-1]
    assert last["payment"]["method"] == wanted["payment"]["method"] == "blawby_api"
    assert last["payment"]["amount"] == wanted["payment"]["amount"] == "75.00"
    assert [data["collected"] for data in told] == [data["collected"] for data in plain]
    assert [data["workflow"] for data in told] == [data["workflow"] for data in plain]
