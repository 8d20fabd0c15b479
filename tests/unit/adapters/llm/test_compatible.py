"""What becomes of a model's answers, good, bad and none."""

import contextlib
import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from app.adapters import deadline
from app.adapters.llm.answers import arguments_of, tokens_of
from app.adapters.llm.guards import Guards
from app.domain.model import Prompt
from app.observability.model import tokens
from app.ports import ModelFailed
from sandbox.language_model import Script
from tests.unit.adapters.llm.conftest import KEY, PROMPT, NewModel, prompt
from tests.waiting import eventually

DEEP = "[" * 20_000
BAD: dict[str, list[tuple[str, Any]]] = {
    "nonsense": [
        ("content", "I would rather talk."),
        ("content", ""),
        ("content", None),
        ("content", 7),
        ("arguments", "{"),
        ("arguments", "[]"),
        ("arguments", "null"),
        ("arguments", DEEP),
        ("arguments", f'{{"words": "{"x" * 30_000}"}}'),
        ("choices", [{"message": {"tool_calls": "none"}}]),
        ("choices", [{"message": {"tool_calls": [None, 1, {"function": None}, {"function": 2}]}}]),
        ("choices", [{"message": {"tool_calls": [{"function": {"name": "note_intake"}}]}}]),
        (
            "choices",
            [{"message": {"tool_calls": [{"function": {"name": "pay", "arguments": "{}"}}]}}],
        ),
    ],
    "refused": [
        ("refusal", "I cannot."),
        ("choices", [{"finish_reason": "content_filter", "message": {"content": "{}"}}]),
    ],
    "too_long": [
        ("choices", [{"finish_reason": "length", "message": {"content": "{}"}}]),
        ("flood", 2),
    ],
    "unreadable": [
        ("html", None),
        ("body", None),
        ("body", []),
        ("body", "text"),
        ("body", {"choices": None}),
        ("body", {"choices": []}),
        ("body", {"choices": [None]}),
        ("body", {"choices": [{"message": None}]}),
        ("body", {"choices": "abc"}),
    ],
    "unavailable": [("status", 500), ("status", 503), ("cut", None)],
    "rate_limited": [("status", 429)],
    "rejected": [("status", 400), ("status", 401), ("status", 404)],
}
CASES = [(outcome, kind, value) for outcome, told in BAD.items() for kind, value in told]


def outcome_of(model: Any) -> str:
    with pytest.raises(ModelFailed) as failure:
        model.propose(prompt)
    return failure.value.outcome


def test_arguments_of_the_call_are_read(new_model: NewModel, script: Script) -> None:
    script.then("arguments", {"name": "Jane", "more": [1, None]})
    assert new_model().propose(prompt).values == {"name": "Jane", "more": [1, None]}


def test_a_model_that_writes_its_call_as_text_is_read(new_model: NewModel, script: Script) -> None:
    script.then("content", '{"name": "Jane"}')
    assert new_model().propose(prompt).values == {"name": "Jane"}


@pytest.mark.parametrize(("outcome", "kind", "value"), CASES)
def test_each_bad_answer_has_its_outcome(
    new_model: NewModel, script: Script, outcome: str, kind: str, value: Any
) -> None:
    script.then(kind, value)
    assert outcome_of(new_model()) == outcome


def test_nobody_there_is_unavailable(new_model: NewModel) -> None:
    assert outcome_of(new_model(base_url="http://127.0.0.1:9/v1")) == "unavailable"


@pytest.mark.parametrize(("kind", "value"), [("stall", 3), ("drip", 0.05)])
def test_a_call_ends_with_its_timeout_however_the_server_lingers(
    new_model: NewModel, script: Script, kind: str, value: float
) -> None:
    script.then(kind, value)
    assert outcome_of(new_model(timeout=0.3)) == "timeout"


def test_a_call_leaves_half_of_the_turn_to_others(new_model: NewModel, script: Script) -> None:
    script.then("drip", 0.05)
    with deadline.within(1.0):
        assert outcome_of(new_model(timeout=60.0)) == "timeout"
        assert not deadline.expired()


def test_a_prompt_that_may_not_be_sent_is_no_failure_of_the_model(
    new_model: NewModel, script: Script
) -> None:
    def over_budget() -> Prompt:
        raise ModelFailed("over_budget")

    model = new_model()
    for _ in range(8):
        with pytest.raises(ModelFailed):
            model.propose(over_budget)
    assert not script.asked
    assert model.propose(prompt).values


def test_while_it_is_away_no_prompt_is_made(new_model: NewModel, script: Script) -> None:
    """So a dead model costs neither time nor a team's tokens."""
    made: list[int] = []

    def counting() -> Prompt:
        made.append(1)
        return PROMPT

    model = new_model(Guards(2, breaker_seconds=3600.0))
    script.always("status", 500)
    for _ in range(50):
        with pytest.raises(ModelFailed):
            model.propose(counting)
    assert len(made) <= 5 + 1


def test_what_is_sent(new_model: NewModel, script: Script) -> None:
    new_model(max_tokens=123).propose(prompt)
    [asked] = script.asked
    body = asked["body"]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("small", 123, 0)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert [message["content"] for message in body["messages"]] == ["Do it.", "{}"]
    [tool] = body["tools"]
    assert tool["function"]["strict"] is True
    assert body["tool_choice"]["function"]["name"] == tool["function"]["name"] == "note_intake"
    assert asked["headers"]["Authorization"] == f"Bearer {KEY}"
    assert asked["headers"]["Accept-Encoding"] == "identity"


def test_a_server_that_wants_no_key_gets_none_of_ours(
    new_model: NewModel, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package would take one from its own variable."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    new_model(api_key=None).propose(prompt)
    assert KEY not in str(script.asked)


def test_tokens_are_counted_as_the_server_says(new_model: NewModel, script: Script) -> None:
    def counted() -> list[float]:
        return [tokens.labels(it)._value.get() for it in ("prompt", "answer")]

    before = counted()
    new_model().propose(prompt)
    assert [after - was for was, after in zip(before, counted(), strict=True)] == [900, 60]
    for usage in (None, 7, {"prompt_tokens": "many", "completion_tokens": -5}):
        message = {"content": "{}"}
        script.then("body", {"choices": [{"message": message}], "usage": usage})
        new_model().propose(prompt)
    assert [after - was for was, after in zip(before, counted(), strict=True)] == [900, 60]


def test_a_dead_model_is_left_alone_and_tried_in_the_background(
    new_model: NewModel, script: Script
) -> None:
    model = new_model(Guards(2, breaker_seconds=0.2))
    script.always("status", 500)
    assert [outcome_of(model) for _ in range(5)] == ["unavailable"] * 5
    asked = len(script.asked)
    assert outcome_of(model) == "held_back"
    assert len(script.asked) == asked
    script.always("arguments", {"words": "Thank you."})
    told: Any = None
    while told is None:
        with contextlib.suppress(ModelFailed):
            told = model.propose(prompt).values
    assert told == {"words": "Thank you."}


def test_while_one_trial_is_waited_for_nobody_waits(new_model: NewModel, script: Script) -> None:
    model = new_model(Guards(2, breaker_seconds=0.0))
    script.always("status", 500)
    for _ in range(5):
        outcome_of(model)
    go_on = threading.Event()
    script.always("held", go_on)
    asked = len(script.asked)
    outcome_of(model)
    while len(script.asked) == asked:
        outcome_of(model)
    assert [outcome_of(model) for _ in range(20)] == ["held_back"] * 20
    assert len(script.asked) == asked + 1
    go_on.set()


def test_refusals_open_no_breaker(new_model: NewModel, script: Script) -> None:
    """One client's words must not cost the others the model."""
    model = new_model()
    script.always("refusal", "I cannot.")
    assert [outcome_of(model) for _ in range(8)] == ["refused"] * 8


def test_nobody_waits_for_a_place(new_model: NewModel, script: Script) -> None:
    model = new_model(concurrency=1)
    go_on = threading.Event()
    script.then("held", go_on)
    first = threading.Thread(target=model.propose, args=(prompt,))
    first.start()
    eventually(lambda: bool(script.asked))
    assert outcome_of(model) == "held_back"
    go_on.set()
    first.join()
    assert model.propose(prompt).values


@pytest.mark.parametrize("kind", ["content", "html", "stall"])
def test_a_failure_holds_nothing_that_was_said(
    new_model: NewModel, script: Script, kind: str
) -> None:
    script.then(kind, "canary" if kind == "content" else 1)
    with pytest.raises(ModelFailed) as raised:
        new_model(timeout=0.2).propose(lambda: Prompt("canary", "canary", PROMPT.tool))
    failure: BaseException | None = raised.value
    while failure is not None:
        assert "canary" not in repr(failure)
        failure = failure.__cause__


@pytest.mark.parametrize(("length", "is_read"), [(20_000, True), (20_001, False)])
def test_arguments_are_read_up_to_twenty_thousand_signs(length: int, is_read: bool) -> None:
    text = json.dumps({"words": ""})
    text = text.replace('""', f'"{"x" * (length - len(text))}"')
    assert len(text) == length
    message = SimpleNamespace(content=text)
    completion = SimpleNamespace(choices=[SimpleNamespace(message=message)])
    if is_read:
        assert len(arguments_of(completion, "note_intake").values) == 1
    else:
        with pytest.raises(ModelFailed):
            arguments_of(completion, "note_intake")


@pytest.mark.parametrize(
    ("told", "counted"),
    [((7, 5), (7, 5)), ((1, 0), (1, 0)), ((-1, "5"), (0, 0)), ((True, None), (0, 0))],
)
def test_only_a_positive_number_is_a_count_of_tokens(
    told: tuple[object, object], counted: tuple[int, int]
) -> None:
    usage = SimpleNamespace(prompt_tokens=told[0], completion_tokens=told[1])
    assert tokens_of(SimpleNamespace(usage=usage)) == counted
    assert tokens_of(SimpleNamespace()) == (0, 0)
