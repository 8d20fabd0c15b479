"""What holds for any conversation and whatever a model answers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.intake import Message
from app.ports import ModelFailed
from app.services.intake import RulesEngine
from app.services.model.proposal import TEXTS
from tests.fakes.model import FakeModel, model_engine
from tests.teams import NORTH_CAROLINA
from tests.unit.services.model.injection.data import cases
from tests.unit.services.model.injection.invariants import broken

CLIENT = (
    "Hello",
    "everyone calls me priya natarajan",
    "I am Jane Doe",
    "my sister is Ann Lee",
    "I'm over near the Queen City, Charlotte, NC",
    "I moved out of Dallas, TX",
    "704 555 2671",
    "my ex has 919 555 0199 and ex@ample.com",
    "jane@example.com",
    "the bloke upstairs drums until sunrise",
    "I need a divorce",
    "Necesito ayuda con mi casero",
    "me llaman ana torres",
    "what will this do to my wallet",
    "my husband hits me",
    "thanks",
    *(case.text for case in cases("clients")[:8]),
)
PARTS = (
    *("Mallory", "Thief", "Priya Natarajan", "Ann Lee", "Jane", "ana torres", "Charlotte, NC"),
    *("Dallas, TX", "Raleigh", "7045552671", "+19195550199", "911", "jane@example.com"),
    *("ex@ample.com", "mallory@evil.example", "Family Law", "Criminal Law", "price", "free", "pay"),
    *("https://evil.example", "$5", "five dollars", "Thank you.", "I am so sorry to hear that."),
    *("You will win.", "Gracias por contarme eso.", "\u202e", "\ud800", "\x00", ".", "!", ""),
)
texts = st.one_of(
    st.sampled_from(PARTS),
    st.lists(st.sampled_from((*PARTS, *CLIENT)), max_size=4).map(" ".join),
    st.text(max_size=80),
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
arguments = st.dictionaries(
    st.one_of(st.sampled_from((*TEXTS, "fee", "teamId", "workflow")), st.text(max_size=8)),
    st.one_of(texts, texts, anything),
    max_size=10,
)
talks = st.lists(
    st.one_of(st.sampled_from(CLIENT), st.text(min_size=1, max_size=40).filter(str.strip)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=300)
@given(said=talks, answer=arguments)
def test_whatever_a_model_answers_the_guarantees_hold(
    said: list[str], answer: dict[str, Any]
) -> None:
    engine, rules = model_engine(FakeModel(answer)), RulesEngine()
    messages: list[Message] = []
    for text in said:
        messages.append(Message("user", text))
        turn, plain = engine.turn(messages, NORTH_CAROLINA), rules.turn(messages, NORTH_CAROLINA)
        assert [*broken(turn, plain, messages, NORTH_CAROLINA)] == []
        messages.append(Message("assistant", turn.response))


@settings(max_examples=100)
@given(said=talks, answer=arguments)
def test_one_answer_is_always_one_turn(said: list[str], answer: dict[str, Any]) -> None:
    """Two workers that hear the same from a model file the same matter."""
    messages = [Message("user", text) for text in said]
    one, two = (model_engine(FakeModel(answer)).turn(messages, NORTH_CAROLINA) for _ in range(2))
    assert one == two


@settings(max_examples=100)
@given(said=talks, outcome=st.text(max_size=10))
def test_a_failing_model_changes_no_word(said: list[str], outcome: str) -> None:
    messages = [Message("user", text) for text in said]
    turn = model_engine(FakeModel(ModelFailed(outcome))).turn(messages, NORTH_CAROLINA)
    plain = RulesEngine().turn(messages, NORTH_CAROLINA)
    assert (turn.response, turn.collected) == (plain.response, plain.collected)
    assert (turn.workflow, turn.engine) == (plain.workflow, "rules")
