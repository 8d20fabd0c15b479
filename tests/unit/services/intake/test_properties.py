"""What holds for any conversation: facts in any order and grouping, any text at all."""

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.intake import Collected, IntakeTurn, Message
from app.services.intake import RulesEngine
from tests.teams import NATIONWIDE, NORTH_CAROLINA

FACTS = (
    "My name is Jane O'Brien",
    "I live in Winston-Salem, NC",
    "My number is (704) 555-2671",
    "My email is jane@example.com",
    "I need help with a divorce",
)
ALL = Collected(
    name="Jane O'Brien",
    location="Winston-Salem, NC",
    phone="+17045552671",
    email="jane@example.com",
    matter_type="Family Law",
    description="I need help with a divorce",
    urgency="normal",
)
CHATTER = (
    "hello",
    "ok",
    "why do you ask?",
    "thanks!",
    "hm",
    "Please wait",
    "I don't know",
    "\U0001f600",
)

texts = st.text(max_size=300).filter(str.strip)
spoken = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *FACTS,
                *CHATTER,
                "sorry,",
                "I'm",
                "Dr.",
                "in",
                "from",
                ",",
                "704",
                "@",
                "NC",
                "not",
                "my",
            ]
        ),
        st.text(max_size=10),
    ),
    max_size=30,
).map(" ".join)


@st.composite
def groupings(draw: st.DrawFn) -> list[str]:
    """The five facts in any order, cut into messages anywhere, joined as people join them."""
    order = draw(st.permutations(FACTS))
    cuts = sorted(draw(st.sets(st.integers(1, 4))))
    groups = [order[start:end] for start, end in pairwise([0, *cuts, len(order)])]
    return [draw(st.sampled_from([". ", ", ", "\n", " and "])).join(group) for group in groups]


def talk(said: list[str]) -> IntakeTurn:
    messages: list[Message] = []
    for text in said:
        messages.append(Message("user", text))
        turn = RulesEngine().turn(messages, NORTH_CAROLINA)
        messages.append(Message("assistant", turn.response))
    return turn


@given(groupings(), st.lists(st.sampled_from(CHATTER), max_size=3))
@settings(max_examples=150, deadline=None)
def test_facts_in_any_order_and_grouping_make_the_same_intake(
    said: list[str], chatter: list[str]
) -> None:
    turn = talk([*chatter, *said])
    assert (turn.workflow, turn.collected, turn.missing) == ("matter_created", ALL, ())


@given(groupings(), st.lists(st.sampled_from(CHATTER), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_finished_intake_stays_the_same(said: list[str], chatter: list[str]) -> None:
    assert talk([*said, *chatter]).collected == ALL


@given(st.lists(texts | spoken.filter(str.strip), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_a_turn(said: list[str]) -> None:
    for team in (NORTH_CAROLINA, NATIONWIDE):
        messages: list[Message] = []
        for text in said:
            messages.append(Message("user", text))
            turn = RulesEngine().turn(messages, team)
            messages.append(Message("assistant", turn.response))
        assert turn == RulesEngine().turn(messages[:-1], team)
        assert "\x00" not in json.dumps(
            [turn.response, turn.collected.name, turn.collected.description], ensure_ascii=False
        )


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), texts), max_size=8), texts)
@settings(max_examples=100, deadline=None)
def test_no_history_breaks_a_turn(history: list[tuple[str, str]], last: str) -> None:
    messages = [Message("user" if role == "user" else "assistant", text) for role, text in history]
    turn = RulesEngine().turn([*messages, Message("user", last)], NORTH_CAROLINA)
    assert turn.response
    assert set(turn.missing) <= {"name", "location", "phone", "email", "matterType"}
